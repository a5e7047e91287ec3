import { msg } from '@/locale'

/** What the menu offers of forecasts, in the order of a day of a typhoon. */
interface Offer {
  to: string
  icon: string
  title: string
}

export const FORECAST: Offer[] = [
  { to: '/forecast/runs', icon: 'forecast', title: msg('预报总览') },
  { to: '/forecast/typhoon', icon: 'typhoon', title: msg('台风') },
  { to: '/forecast/surge', icon: 'wave', title: msg('风暴潮与潮位') },
  { to: '/forecast/basins', icon: 'rain', title: msg('雨情与小流域') },
  { to: '/forecast/reservoirs', icon: 'reservoir', title: msg('水库汛限与放水试算') },
  { to: '/forecast/verification', icon: 'quality', title: msg('预报检验') },
]

/** Who may read forecasts may open every page of theirs. */
export const forecastNeeds: Record<string, string[]> = Object.fromEntries(
  FORECAST.map(({ to }) => [to, ['forecasts.view']]),
)
