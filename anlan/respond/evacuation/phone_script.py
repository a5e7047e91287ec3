"""How the roll looks on a phone, and its only script: ticks wait until there is a signal.

Without the script every household is a page of its own with plain buttons. With it a press is kept
in the phone first and sent when it can be; each carries an id of its own, so that what is sent
twice counts once.
"""

STYLE = """
body,main,button,select,input{font-size:20px}h1{font-size:22px;margin:.2rem 0}
.sum{display:grid;grid-template-columns:repeat(4,1fr);gap:.3rem;margin:.6rem 0;text-align:center}
.sum div{background:#fff;border:1px solid #d5dce3;border-radius:.5rem;padding:.3rem 0}
.sum b{display:block;font-size:24px}.sum small{display:block;font-size:20px;line-height:1.15;
color:#4c5a68;margin:0 auto .2rem}
:lang(zh-CN) .sum small{max-width:2.2em}:lang(en) .sum{grid-template-columns:1fr 1fr}
.home{display:block;background:#fff;border:1px solid #d5dce3;border-left:8px solid #5a6b7b;
border-radius:.6rem;padding:.7rem .8rem;margin:.6rem 0;color:inherit;text-decoration:none}
.home.ok{border-left-color:#2e8b57}.home.bad{border-left-color:#b0413e}
.home b{font-size:22px}.home .st{float:right;font-weight:600}
.home p{margin:.1rem 0;color:#4c5a68}
.mark{background:#35424f;color:#fff;border-radius:.3rem;padding:0 .4rem}
.bar{position:sticky;top:0;background:#f3f5f7;padding:.4rem 0;z-index:1}
#wait{background:#5b3b00;color:#fff;border-radius:.5rem;padding:.4rem .8rem;margin:.4rem 0}
#sheet{position:fixed;inset:auto 0 0;background:#fff;border-top:3px solid #16212c;
padding:.8rem 1rem;max-height:88vh;overflow:auto;z-index:2}
.go{display:grid;grid-template-columns:1fr 1fr;gap:.5rem;margin:.6rem 0}
.go button{min-height:3.6rem;background:#35424f}.go .ok{background:#0a6a62}
.go .bad{background:#8a1f5c}
.plain{background:none;color:#0a6a62;border:2px solid #0a6a62;min-height:3rem}
a.call,.each{display:inline-block;padding:.5rem 0;color:#0a6a62}
@media (prefers-color-scheme:dark){.home,.sum div,#sheet{background:#1b242d;border-color:#3a4754}
.home p,.sum small{color:#a9b6c2}.bar{background:#11181f}.plain,a.call,.each{color:#6cc5bb;
border-color:#6cc5bb}}
"""

SCRIPT = """(function(){var d=document,w=d.getElementById('wait'),s=d.getElementById('sheet'),
k='roll'+location.pathname,L;try{L=localStorage;L.setItem(k+'?','1')}catch(e){return}
if(!w||!window.fetch)return;
var T=JSON.parse(d.getElementById('words').textContent),now=null,busy=false;
function id(){return Date.now().toString(36)+Math.random().toString(36).slice(2,12)}
var dev=L.getItem('anlan-device');if(!dev){dev=id();L.setItem('anlan-device',dev)}
function all(){try{return JSON.parse(L.getItem(k)||'[]')}catch(e){return[]}}
function put(q){L.setItem(k,JSON.stringify(q));w.hidden=!q.length;
w.textContent=T.waiting.replace('{n}',q.length)}
function card(key){return d.querySelector('[data-key="'+key+'"]')}
function draw(t){var c=card(t.key);if(!c)return;
c.querySelector('.st').textContent=T.states[t.state]||'';
c.className='home '+(T.good.indexOf(t.state)>=0?'ok':T.bad.indexOf(t.state)>=0?'bad':'')}
function send(){var q=all();if(busy||!q.length)return;busy=true;var part=q.slice(0,50);
fetch(location.pathname,{method:'POST',headers:{'Content-Type':'application/json'},
body:JSON.stringify({device:dev,ticks:part})}).then(function(r){
if(r.status>=500)throw r;return r.json().then(function(a){
if(!r.ok){w.hidden=false;w.textContent=a.detail;return}
var gone=part.map(function(t){return t.client});
put(all().filter(function(t){return gone.indexOf(t.client)<0}));
(a.items||[]).forEach(function(o,i){if(o.outcome==='wrong'){var c=card(part[i].key);
if(c){c.querySelector('.st').textContent=T.wrong+' '+o.why;c.className='home bad'}}})})
}).catch(function(){}).then(function(){busy=false;
if(all().length)setTimeout(send,5000)})}
function keep(state,reason,shelter){var t={key:now.key,client:id(),state:state,reason:reason||'',
shelter:shelter||'',said_at:new Date().toISOString()};t[now.kind]=now.key;
var q=all();q.push(t);put(q);draw(t);s.hidden=true;send()}
function chosen(n){var e=s.querySelector('[name='+n+']');return e?e.value:''}
d.addEventListener('click',function(e){var c=e.target.closest&&e.target.closest('a.home');
if(c){e.preventDefault();now={key:c.dataset.key,kind:c.dataset.kind};
s.querySelector('h2').textContent=c.querySelector('b').textContent;
s.querySelector('.each').href=c.href;var p=s.querySelector('.call');
p.hidden=!c.dataset.tel;p.href='tel:'+c.dataset.tel;p.textContent=T.call+' '+c.dataset.tel;
if(c.dataset.shelter)s.querySelector('[name=shelter]').value=c.dataset.shelter;
s.querySelector('.why').hidden=true;s.hidden=false;return}
var b=e.target;if(!s.contains(b)||b.tagName!=='BUTTON')return;var v=b.dataset.state;
if(!v){s.hidden=true;return}
if(T.ask[v]){var y=s.querySelector('.why'),o=y.querySelector('select');
o.innerHTML='';T.ask[v].forEach(function(r){var n=d.createElement('option');n.value=r[0];
n.textContent=r[1];o.appendChild(n)});y.querySelector('button').dataset.state='!'+v;y.hidden=false;return}
if(v[0]==='!'){keep(v.slice(1),s.querySelector('.why select').value);return}
keep(v,'',v==='sheltered'?chosen('shelter'):'')});
put(all());all().forEach(draw);send();addEventListener('online',send);setInterval(send,20000)})()"""
