// What the pages behind a link share: what is kept in the telephone until there is a signal.
// Lines that begin like this one are left out when it is served. Read `phone_queue.py` first.
(function () {
  'use strict'
  var d = document
  var me = d.getElementById('queue')
  var box = d.getElementById('out')
  if (!me || !box || !window.XMLHttpRequest) return
  var words = JSON.parse(me.getAttribute('data-words'))
  var light = Number(me.getAttribute('data-light'))
  // Sides (px) and qualities a picture is tried with until it is light enough.
  var sizes = [[1600, 0.7], [1280, 0.6], [1024, 0.5], [800, 0.45], [640, 0.4], [480, 0.3]]
  var db = null
  var busy = false
  var pause = 4000
  var timer = 0
  var pressed = null
  var news = ''
  // Forms that this very page kept, by the key of what they say.
  var own = {}

  function newId() {
    var made = 'p' + Date.now().toString(36)
    while (made.length < 24) made += Math.random().toString(36).slice(2)
    return made.slice(0, 24)
  }

  function each(list, look) {
    for (var i = 0; i < list.length; i++) look(list[i], i)
  }

  function say(text, n) {
    return text.replace('{n}', n)
  }

  // The store.

  function all(done) {
    var found = []
    db.transaction('out').objectStore('out').openCursor().onsuccess = function (event) {
      var cursor = event.target.result
      if (cursor) {
        found.push(cursor.value)
        cursor['continue']()
        return
      }
      found.sort(function (a, b) { return a.at - b.at })
      done(found)
    }
  }

  function put(item, done) {
    var writing
    try {
      writing = db.transaction('out', 'readwrite')
      writing.objectStore('out').put(item)
    } catch (e) {
      done(false)
      return
    }
    writing.oncomplete = function () { done(true) }
    writing.onabort = function () { done(false) }
  }

  function drop(id, done) {
    var writing = db.transaction('out', 'readwrite')
    writing.objectStore('out')['delete'](id)
    writing.oncomplete = done
  }

  // What is told above the page.

  function line(text, tone, label, act) {
    var p = d.createElement('p')
    p.className = tone
    p.textContent = text
    if (label) {
      var button = d.createElement('button')
      button.type = 'button'
      button.className = 'plain'
      button.textContent = label
      button.onclick = act
      p.appendChild(button)
    }
    box.appendChild(p)
  }

  function draw(list) {
    var left = 0
    box.textContent = ''
    each(list, function (item) { if (!item.wrong) left++ })
    if (news) line(news, 'news')
    if (left) line(say(busy ? words.sending : words.waiting, left), 'wait')
    each(list, function (item) {
      if (!item.wrong) return
      line(words.wrong + '：' + item.what + ' ' + item.wrong, 'wrong', words.seen, function () {
        drop(item.id, function () { all(draw) })
      })
    })
    box.hidden = !box.firstChild
  }

  // Sending, one after the other.

  function later() {
    busy = false
    clearTimeout(timer)
    timer = setTimeout(send, pause)
    pause = Math.min(pause * 2, 60000)
    all(draw)
  }

  function send() {
    if (busy || !db) return
    busy = true
    all(function (list) {
      var next = null
      each(list, function (item) { if (!next && !item.wrong) next = item })
      busy = !!next
      draw(list)
      if (next) post(next)
    })
  }

  function post(item) {
    var form = new FormData()
    var asked = new XMLHttpRequest()
    each(item.fields, function (one) {
      if (one.bytes) form.append(one.name, new Blob([one.bytes], { type: one.type }), one.file)
      else form.append(one.name, one.value)
    })
    asked.open('POST', item.url)
    asked.timeout = 300000
    asked.setRequestHeader('Accept', 'application/json')
    asked.onload = function () {
      var answer = {}
      var status = asked.status
      try { answer = JSON.parse(asked.responseText) || {} } catch (e) { answer = {} }
      // Only the platform's own word counts: a hotel's login page answers 200 to everything.
      if (status >= 200 && status < 300 && typeof answer.told === 'string') arrived(item, answer.told)
      else if (status >= 400 && status < 500 && status !== 408 && status !== 429 &&
        typeof answer.detail === 'string') refused(item, answer.detail)
      else later()
    }
    asked.onerror = asked.ontimeout = asked.onabort = later
    asked.send(form)
  }

  function arrived(item, told) {
    drop(item.id, function () {
      busy = false
      pause = 4000
      news = '✓ ' + (item.what ? item.what + ' ' : '') + told
      if (item.then && own[item.id]) {
        tellNext(news)
        location.replace(item.then)
      } else send()
    })
  }

  // What the page that follows says first.

  function tellNext(text) {
    try { sessionStorage.setItem('anlan-news', text) } catch (e) { news = text }
  }

  function toldBefore() {
    var text = ''
    try {
      text = sessionStorage.getItem('anlan-news') || ''
      sessionStorage.removeItem('anlan-news')
    } catch (e) { text = '' }
    return text
  }

  function refused(item, why) {
    var form = own[item.id]
    if (form && item.then) {
      // Still in front of who wrote it: the page itself says what is wrong, and where.
      drop(item.id, function () { plainly(form) })
      return
    }
    item.wrong = why
    put(item, function () {
      busy = false
      send()
    })
  }

  // Keeping a form.

  function bytesOf(blob, done) {
    var reader = new FileReader()
    reader.onload = function () { done(reader.result) }
    reader.onerror = function () { done(null) }
    reader.readAsArrayBuffer(blob)
  }

  function drawn(image, side, quality) {
    var share = Math.min(1, side / Math.max(image.width, image.height))
    var canvas = d.createElement('canvas')
    canvas.width = Math.max(1, Math.round(image.width * share))
    canvas.height = Math.max(1, Math.round(image.height * share))
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height)
    var url = canvas.toDataURL('image/jpeg', quality)
    return atob(url.slice(url.indexOf(',') + 1))
  }

  function lighter(file, done) {
    var is = file.type || ''
    if (!/^image\//.test(is) || !window.URL || (file.size <= light && is === 'image/jpeg')) {
      done(file)
      return
    }
    var url = URL.createObjectURL(file)
    var image = new Image()
    image.onerror = function () { done(file) }
    image.onload = function () {
      var n = 0
      var raw = drawn(image, sizes[0][0], sizes[0][1])
      while (raw.length > light && ++n < sizes.length) raw = drawn(image, sizes[n][0], sizes[n][1])
      var bytes = new Uint8Array(raw.length)
      for (var i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i)
      URL.revokeObjectURL(url)
      done(new Blob([bytes], { type: 'image/jpeg' }))
    }
    image.src = url
  }

  function gather(form, done) {
    var fields = []
    var left = 1
    function ready() {
      left--
      if (!left) done(fields.filter(function (one) { return one && one.bytes !== null }))
    }
    function take(input, file) {
      var at = fields.push(null) - 1
      left++
      lighter(file, function (blob) {
        bytesOf(blob, function (bytes) {
          fields[at] = { name: input.name, bytes: bytes, type: blob.type || '', file: file.name || 'file' }
          ready()
        })
      })
    }
    each(form.elements, function (input) {
      if (!input.name || input.disabled || /^(submit|button|reset)$/.test(input.type)) return
      if (/^(checkbox|radio)$/.test(input.type) && !input.checked) return
      if (input.type === 'file') each(input.files || [], function (file) { take(input, file) })
      else fields.push({ name: input.name, value: input.value })
    })
    if (form.pressed && form.pressed.name) {
      fields.push({ name: form.pressed.name, value: form.pressed.value })
    }
    ready()
  }

  function plainly(form) {
    form.removeAttribute('data-keep')
    if (form.pressed && form.pressed.name) {
      var hidden = d.createElement('input')
      hidden.type = 'hidden'
      hidden.name = form.pressed.name
      hidden.value = form.pressed.value
      form.appendChild(hidden)
    }
    form.submit()
  }

  function clear(form) {
    form.reset()
    if (form.elements.client) form.elements.client.value = newId()
    each(form.querySelectorAll('.chosen,.placed'), function (one) { one.textContent = '' })
    each(form.querySelectorAll('audio'), function (one) { one.hidden = true })
    if (form.elements.lon) set(form, '', '', '')
  }

  function keep(form) {
    if (form.kept) return
    form.kept = true
    form.pressed = pressed && pressed.form === form ? pressed : null
    if (form.elements.said_at) form.elements.said_at.value = new Date().toISOString()
    gather(form, function (fields) {
      var key = form.elements.client
      var item = {
        id: (key && key.value) || newId(), url: form.action, at: Date.now(), fields: fields,
        what: form.getAttribute('data-keep'), then: form.getAttribute('data-then') || ''
      }
      put(item, function (safe) {
        form.kept = false
        if (!safe) {
          plainly(form)
          return
        }
        own[item.id] = form
        news = ''
        pause = 4000
        if (!item.then) clear(form)
        if (box.scrollIntoView) box.scrollIntoView()
        send()
      })
    })
  }

  // The place of the phone: WGS-84, as browsers give it.

  function set(form, lon, lat, far) {
    form.elements.lon.value = lon
    form.elements.lat.value = lat
    if (form.elements.accuracy) form.elements.accuracy.value = far
  }

  function place(button) {
    var form = button.form
    var told = form.querySelector('.placed')
    function lost() {
      var village = form.querySelector('[data-village]')
      var above = village
      told.textContent = words.lost
      while (above && above.tagName !== 'DETAILS') above = above.parentNode
      if (above) above.open = true
      if (village) village.focus()
    }
    told.textContent = words.finding
    if (!navigator.geolocation) {
      lost()
      return
    }
    navigator.geolocation.getCurrentPosition(function (found) {
      var at = found.coords
      var far = Math.round(at.accuracy)
      set(form, at.longitude.toFixed(6), at.latitude.toFixed(6), far)
      told.textContent = say(words.found, far)
      if (button.hasAttribute('data-go')) form.submit()
    }, lost, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 })
  }

  d.addEventListener('click', function (event) {
    var at = event.target
    while (at && at.tagName !== 'BUTTON') at = at.parentNode
    if (!at) return
    if (at.form) pressed = at
    if (at.hasAttribute('data-place')) place(at)
  }, true)

  d.addEventListener('submit', function (event) {
    var form = event.target
    if (!db || !form.hasAttribute('data-keep')) return
    if (pressed && pressed.hasAttribute('data-direct')) return
    event.preventDefault()
    keep(form)
  })

  d.addEventListener('change', function (event) {
    var input = event.target
    var told
    if (input.type === 'file') {
      told = input.parentNode.querySelector('.chosen')
      if (told) told.textContent = input.files.length ? say(words.chosen, input.files.length) : ''
    }
    if (input.form && input.hasAttribute('data-village')) {
      // Who names a village does not mean where the phone lies.
      set(input.form, '', '', '')
      told = input.form.querySelector('.placed')
      if (told) told.textContent = ''
    }
  })

  each(d.querySelectorAll('[data-place]'), function (one) { one.hidden = false })
  news = toldBefore()

  try {
    var opening = indexedDB.open('anlan-phone', 1)
    opening.onupgradeneeded = function () {
      opening.result.createObjectStore('out', { keyPath: 'id' })
    }
    opening.onsuccess = function () {
      db = opening.result
      send()
    }
    opening.onerror = function (event) { event.preventDefault() }
  } catch (e) {
    db = null
  }
  window.addEventListener('online', function () {
    pause = 4000
    send()
  })
  setInterval(function () { if (d.visibilityState !== 'hidden') send() }, 20000)
})()
