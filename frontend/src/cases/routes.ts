/** Looking back on a case. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const caseRoutes: RouteRecordRaw[] = [
  {
    path: '/cases/:id',
    component: () => import('./CasePage.vue'),
    meta: { title: msg('事件回放') },
  },
]
