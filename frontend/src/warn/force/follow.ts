/** What may follow an alert that is out. */
import type { Alert } from '../shapes'

export type Follow = 'update' | 'raise' | 'lower' | 'extend' | 'cancel' | 'withdraw'

const ALL: Follow[] = ['update', 'raise', 'lower', 'extend', 'cancel', 'withdraw']

/**
 * As the server allows: another's words belong to their station, which updates and ends them; we
 * may only take back that we passed them on. The reddest cannot be raised, nor the bluest lowered.
 */
export const followable = (alert: Alert): Follow[] =>
  ALL.filter(
    (one) =>
      alert.verbs.includes(one) &&
      !(one === 'raise' && alert.level === 1) &&
      !(one === 'lower' && alert.level === 4),
  )
