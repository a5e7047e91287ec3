/** How a deadline reads: its distance, and in words whether it has passed. */
import { t } from '@/locale'
import { span } from '@/locale/figures'
import type { Obligation } from '@/api/work'

export const dueOf = (owed: Obligation): string | null =>
  owed.answered_at || !owed.answer_due ? (owed.done_due ?? owed.answer_due) : owed.answer_due

export function dueText(due: string | null, now: number, paused = false): string {
  if (paused) return t('已暂停计时')
  if (!due) return t('不限时')
  const left = Date.parse(due) - now
  return left < 0 ? t('逾期 {span}', { span: span(left) }) : t('还剩 {span}', { span: span(left) })
}
