/** Pages of plans. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const planRoutes: RouteRecordRaw[] = [
  {
    path: '/plans',
    component: () => import('./PlansPage.vue'),
    meta: { title: msg('预案') },
  },
  {
    path: '/plans/:id',
    component: () => import('./PlanPage.vue'),
    meta: { title: msg('预案') },
  },
]
