/** Pages of the duty desk. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const dutyRoutes: RouteRecordRaw[] = [
  {
    path: '/desk/log',
    component: () => import('./LogPage.vue'),
    meta: { title: msg('值班日志') },
  },
  {
    path: '/desk/handover',
    component: () => import('./HandoverPage.vue'),
    meta: { title: msg('交接班') },
  },
  {
    path: '/desk/roll-calls',
    component: () => import('./RollCallsPage.vue'),
    meta: { title: msg('点名查岗') },
  },
  {
    path: '/desk/roll-calls/:id',
    component: () => import('./RollCallPage.vue'),
    meta: { title: msg('点名查岗') },
  },
]
