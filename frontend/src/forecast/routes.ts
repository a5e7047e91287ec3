/** Pages of forecasts; each kind of page has a folder of its own. */
import type { RouteRecordRaw } from 'vue-router'

export const forecastRoutes: RouteRecordRaw[] = []
