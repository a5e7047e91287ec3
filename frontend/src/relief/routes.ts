/** Pages of losses. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const reliefRoutes: RouteRecordRaw[] = [
  {
    path: '/losses',
    component: () => import('./LossesPage.vue'),
    meta: { title: msg('灾情统计') },
  },
  {
    path: '/losses/:id',
    component: () => import('./LossPage.vue'),
    meta: { title: msg('灾情统计') },
  },
  {
    path: '/losses/:id/fill',
    component: () => import('./FillPage.vue'),
    meta: { title: msg('灾情填报') },
  },
  {
    path: '/losses/:id/history',
    component: () => import('./HistoryPage.vue'),
    meta: { title: msg('历次灾情报告') },
  },
]
