/** Pages of forms. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const formRoutes: RouteRecordRaw[] = [
  {
    path: '/forms',
    component: () => import('./FormsPage.vue'),
    meta: { title: msg('滚动报表') },
  },
  {
    path: '/forms/new',
    component: () => import('./DrawPage.vue'),
    meta: { title: msg('制表') },
  },
  {
    path: '/forms/sheets/:id',
    component: () => import('./SheetPage.vue'),
    meta: { title: msg('填报') },
  },
  {
    path: '/forms/:id',
    component: () => import('./FormPage.vue'),
    meta: { title: msg('滚动报表') },
  },
  {
    path: '/forms/:id/edit',
    component: () => import('./DrawPage.vue'),
    meta: { title: msg('改表') },
  },
]
