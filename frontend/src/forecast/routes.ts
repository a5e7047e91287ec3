/** Pages of forecasts; each kind of page has a folder of its own. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const forecastRoutes: RouteRecordRaw[] = [
  {
    path: '/forecast/runs',
    component: () => import('./runs/RunsPage.vue'),
    meta: { title: msg('预报') },
  },
  {
    path: '/forecast/runs/:id',
    component: () => import('./runs/RunPage.vue'),
    meta: { title: msg('预报计算') },
  },
  {
    path: '/forecast/typhoon',
    component: () => import('./typhoon/TyphoonPage.vue'),
    meta: { title: msg('台风') },
  },
]
