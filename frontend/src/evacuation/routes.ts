/** Pages of evacuations. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const evacuationRoutes: RouteRecordRaw[] = [
  {
    path: '/evacuations',
    component: () => import('./EvacuationsPage.vue'),
    meta: { title: msg('人员转移') },
  },
  {
    path: '/evacuations/:id',
    component: () => import('./EvacuationPage.vue'),
    meta: { title: msg('人员转移') },
  },
]
