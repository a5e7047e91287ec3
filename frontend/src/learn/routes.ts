/** Pages of reviews. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const learnRoutes: RouteRecordRaw[] = [
  {
    path: '/reviews',
    component: () => import('./ReviewsPage.vue'),
    meta: { title: msg('复盘评估') },
  },
  {
    path: '/reviews/:id',
    component: () => import('./ReviewPage.vue'),
    meta: { title: msg('复盘评估') },
  },
]
