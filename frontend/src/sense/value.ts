/** How a measured value reads: with its unit, its time, its doubts; unknown is a dash, never 0. */
import { msg, t } from '@/locale'
import { workspaceNow } from '@/api/session'
import { ago, instant } from '@/locale/figures'

export function figure(value: number | null | undefined, decimals?: number | null): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—'
  const text = value.toFixed(decimals ?? (Math.abs(value) >= 100 ? 1 : 2))
  // What rounds to nought has no side.
  return Number(text) === 0 ? text.replace('-', '') : text
}

export function measured(
  value: number | null | undefined,
  unit: string | null | undefined,
  decimals?: number | null,
): string {
  const text = figure(value, decimals)
  return text === '—' || !unit ? text : `${text} ${unit}`
}

/** Bits kept beside every value. */
export const FLAGS: { bit: number; label: string }[] = [
  { bit: 1, label: msg('超量程') },
  { bit: 2, label: msg('变化过快') },
  { bit: 4, label: msg('尖峰') },
  { bit: 8, label: msg('不变化') },
  { bit: 16, label: msg('中断后首值') },
  { bit: 32, label: msg('时间超前') },
  { bit: 64, label: msg('迟到') },
  { bit: 128, label: msg('重复') },
  { bit: 256, label: msg('单位存疑') },
  { bit: 512, label: msg('模拟') },
  { bit: 1024, label: msg('检修期间') },
  { bit: 2048, label: msg('已修订') },
]
/** Values with one of these are judged by no rule: range, spike, stuck, future, unit, maintenance. */
export const BAD = 1 | 4 | 8 | 32 | 256 | 1024

export const flagNames = (flags: number | null | undefined): string[] =>
  FLAGS.filter(({ bit }) => (flags ?? 0) & bit).map(({ label }) => t(label))

/** "07-14 03:20:05 · 2 分钟前": when a value was measured. A clock a little ahead is no future. */
export function asOf(when: string | number | null | undefined, now = workspaceNow()): string {
  if (when === null || when === undefined) return t('从未收到')
  const at = typeof when === 'number' ? when : Date.parse(when)
  return `${instant(at)} · ${ago(at, Math.max(now, at))}`
}
