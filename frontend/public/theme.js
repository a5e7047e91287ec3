// Runs before the first paint so that a dark duty room never sees a white flash.
// A classic script of its own because the content security policy forbids inline scripts.
;(function () {
  var wanted = null
  try {
    wanted = localStorage.getItem('anlan.theme')
  } catch {
    // Storage may be switched off; the system's preference decides then.
  }
  var dark =
    wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
})()
