/** When the last one will have been called, in words, and what it waits for. */
import { named, t } from '@/locale'
import { day, instant, today } from '@/locale/figures'
import type { Forecast } from './shapes'

/** By hand: how many calls still wait, and when the last of them is done. */
export function forecastText(forecast: Forecast): string {
  if (!forecast.waiting || !forecast.last_at) return t('没有要打的电话了')
  const at = instant(forecast.last_at)
  // Past midnight the hour alone would be taken for today's.
  const time = day(forecast.last_at) === today() ? at.slice(6, 11) : at.slice(0, 11)
  return t('预计 {time} 全部叫到', { time })
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
