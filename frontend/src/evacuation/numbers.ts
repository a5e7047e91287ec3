/** How counts of people are said: what nobody counted is never nought. */
import type { Count } from './shapes'

/** "38", "≥38" where some are not counted, "?" where nobody is. */
export function counted(count: Count): string {
  if (!count.unknown) return String(count.people)
  return count.people ? `≥${count.people}` : '?'
}
