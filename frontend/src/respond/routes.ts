/** Pages of responses and orders. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const respondRoutes: RouteRecordRaw[] = [
  {
    path: '/respond',
    component: () => import('./ResponsesPage.vue'),
    meta: { title: msg('应急响应') },
  },
  {
    path: '/respond/orders',
    component: () => import('./OrdersPage.vue'),
    meta: { title: msg('交办单') },
  },
  {
    path: '/respond/briefings',
    component: () => import('./papers/BriefingsPage.vue'),
    meta: { title: msg('会商材料') },
  },
  {
    path: '/respond/:id',
    component: () => import('./ResponsePage.vue'),
    meta: { title: msg('应急响应') },
  },
]
