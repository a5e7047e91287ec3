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
  {
    path: '/forecast/surge',
    component: () => import('./surge/SurgePage.vue'),
    meta: { title: msg('风暴潮与潮位') },
  },
  {
    path: '/forecast/basins',
    component: () => import('./basins/BasinsPage.vue'),
    meta: { title: msg('雨情与小流域') },
  },
  {
    path: '/forecast/reservoirs',
    component: () => import('./reservoirs/ReservoirsPage.vue'),
    meta: { title: msg('水库汛限与放水试算') },
  },
  {
    path: '/forecast/verification',
    component: () => import('./verification/VerificationPage.vue'),
    meta: { title: msg('预报检验') },
  },
]
