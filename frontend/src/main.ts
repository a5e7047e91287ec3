import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/message-box/style/css'
import '@/design/tokens.css'
import '@/design/element.css'
import '@/design/base.css'
import { createApp } from 'vue'
import { followRareFont } from '@/design/rare'
import { wire } from '@/api/client'
import { askAgain } from '@/api/login-again'
import { initLanguage, named, t } from '@/locale'
import { router } from '@/router'
import { workspace } from '@/api/session'
import { onEscape, onKey } from '@/shell/keys'
import App from './App.vue'

await initLanguage()
wire.onLoggedOut = () => {
  const here = router.currentRoute.value
  if (here.path === '/login') return
  // A wall has nobody before it; whoever sits at a page keeps what they typed.
  if (here.meta.wall || !askAgain()) {
    location.assign(`/login?next=${encodeURIComponent(here.fullPath)}`)
  }
}
router.afterEach((to) => {
  const name = named(workspace.value)
  document.title = [t(String(to.meta.title ?? '')), name, '安澜'].filter(Boolean).join(' · ')
})
document.addEventListener('keydown', onEscape, { capture: true })
document.addEventListener('keydown', onKey)
createApp(App).use(router).mount('#app')
followRareFont()
