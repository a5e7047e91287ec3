/** When everybody will have been tried, in words, what it waits for, and what comes after. */
import { named, t } from '@/locale'
import { day, instant, today } from '@/locale/figures'
import type { Forecast } from './shapes'

/**
 * When this round is through; a try is no answer. Once nothing waits: who is silent still, and when
 * the ladder turns to the next of them, or that it goes no further.
 */
export function forecastText({ waiting, last_at, silent, next_at }: Forecast): string {
  if (waiting && last_at) return t('预计 {time} 打完一遍', { time: clockOf(last_at) })
  if (silent && next_at)
    return t('还有 {n} 个未应，{time} 再叫', { n: silent, time: clockOf(next_at) })
  if (silent) return t('还有 {n} 个未应，阶梯已走完', { n: silent })
  return t('没有要打的电话了')
}

/** Past midnight the hour alone would be taken for today's. */
function clockOf(moment: string): string {
  const at = instant(moment)
  return day(moment) === today() ? at.slice(6, 11) : at.slice(0, 11)
}

/** What it rests on: "人工电话 83 个，2 路". */
export const restsOn = (forecast: Forecast): string[] =>
  forecast.channels
    .filter(({ waiting }) => waiting)
    .map((one) =>
      t('{way} {n} 个，{lines} 路', {
        way: named(one, 'label'),
        n: one.waiting,
        lines: one.lines,
      }),
    )
