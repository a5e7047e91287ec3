/** The line somebody is on the telephone with: it stays before their eyes whatever the list does. */
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { SheetLine } from '../comms/shapes'

/** A person for one thing, whichever rung of the ladder asks for the call. */
const keyOf = ({ purpose, person, message }: SheetLine) =>
  person ? `${purpose} ${person}` : message

export interface AtHand {
  current: ShallowRef<SheetLine | null>
  /** Where it stands in the list; -1 once it went off it. */
  at: ComputedRef<number>
  /** It went off the list by somebody else's deed, while it was at hand. */
  gone: ComputedRef<boolean>
  take: (line: SheetLine | null) => void
  step: (by: number) => void
  /** What comes after the one at hand, else what is before it. */
  following: () => SheetLine | null
}

/**
 * Keeps one of `lines` at hand. Others that come and go never change which: a key pressed at that
 * moment would be noted of somebody else.
 */
export function useAtHand(lines: () => SheetLine[]): AtHand {
  const current = shallowRef<SheetLine | null>(null)
  let place = 0
  const at = computed(() => {
    const key = current.value && keyOf(current.value)
    return lines().findIndex((line) => keyOf(line) === key)
  })
  function settle(): void {
    if (!current.value) current.value = lines()[0] ?? null
    else if (at.value >= 0) {
      place = at.value
      current.value = lines()[place] ?? null
    }
  }
  watch(lines, settle, { immediate: true })

  /** Those around the one at hand: where it went off the list, another slid into its place. */
  const after = () => lines()[at.value < 0 ? place : at.value + 1]
  const before = () => lines()[(at.value < 0 ? place : at.value) - 1]
  function take(line: SheetLine | null): void {
    current.value = line
    if (line) settle()
  }
  return {
    current,
    at,
    gone: computed(() => current.value !== null && at.value < 0),
    take,
    step: (by) => take((by > 0 ? after() : before()) ?? (at.value < 0 ? null : current.value)),
    following: () => after() ?? before() ?? null,
  }
}
