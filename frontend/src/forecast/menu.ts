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
]

/** Who may read forecasts may open every page of theirs. */
export const forecastNeeds: Record<string, string[]> = Object.fromEntries(
  FORECAST.map(({ to }) => [to, ['forecasts.view']]),
)
