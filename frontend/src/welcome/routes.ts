import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const welcomeRoutes: RouteRecordRaw[] = [
  {
    path: '/welcome',
    component: () => import('./WelcomePage.vue'),
    meta: { title: msg('从这里开始') },
  },
]
