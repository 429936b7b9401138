/* A deck (nnlib/book/slides.py), one slide at a time. Escape shows all of them, as a narrow window does and a browser
   without JavaScript: there they have no fixed size, and one scrolls. */
(() => {
  const root = document.documentElement, nav = document.querySelector("nav")
  const slides = [...document.querySelectorAll(".slide")], narrow = matchMedia("(max-width: 40rem)")
  const [previous, next, all] = nav.querySelectorAll("button")
  let at = Math.max(0, slides.findIndex(slide => `#${slide.id}` === location.hash)), presenting = true

  function show(number, focus = true) {
    at = Math.min(Math.max(number, 0), slides.length - 1)
    slides.forEach((slide, i) => slide.classList.toggle("current", i === at))
    nav.querySelector("span").textContent = `${at + 1} of ${slides.length}`
    previous.disabled = at === 0
    next.disabled = at === slides.length - 1
    history.replaceState(null, "", `#${slides[at].id}`)
    if (focus) slides[at].focus({preventScroll: root.classList.contains("presenting")})
  }

  function arrange() {
    root.classList.toggle("fixed", !narrow.matches)
    root.classList.toggle("presenting", presenting && !narrow.matches)
    all.textContent = presenting ? "All slides" : "One slide at a time"
    nav.hidden = narrow.matches
  }

  /* The slide that begins highest in the window is the one to go on with. */
  function change() {
    if (!presenting) at = slides.findIndex(slide => slide.getBoundingClientRect().bottom > innerHeight / 3)
    presenting = !presenting
    arrange()
    show(at)
  }

  /* A picture that is not wide has its caption beside it. */
  function place(picture) {
    picture.closest(".slide").classList.toggle("tall", picture.naturalWidth < 1.4 * picture.naturalHeight)
  }

  /* Make a formula as wide as its slide, and all of a slide as high as it. Both are shares of the width of a slide, so they
     hold for every window. In a narrow one a formula is made smaller only as far as it can be read, and then scrolls. */
  function measure() {
    root.classList.remove("presenting")
    document.querySelectorAll("figure img").forEach(place)
    for (const [name, fixed, least] of [["--wide", true, 0], ["--narrow", false, 0.7]]) {
      root.classList.toggle("fixed", fixed)
      if (!fixed && !narrow.matches) continue
      for (const row of document.querySelectorAll(".math")) {
        row.style.setProperty(name, 1)
        const inline = row.localName === "span", box = inline ? row.closest("p, li, h2, figcaption, .content") : row
        const {paddingLeft, paddingRight} = getComputedStyle(box)
        const room = box.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)
        const share = room / row.querySelector("mjx-math").getBoundingClientRect().width
        row.style.setProperty(name, Math.min(1, inline ? share : Math.max(least, share)))
        if (!inline && share < least) row.tabIndex = 0
      }
      if (fixed) slides.forEach(fit)
    }
    arrange()
  }

  function fit(slide) {
    const content = slide.querySelector(".content")
    for (let share = 1; share > 0.4; share *= 0.94) {
      slide.style.setProperty("--fit", share)
      if (content.scrollHeight <= content.clientHeight && slide.scrollHeight <= slide.clientHeight) break
    }
  }

  addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    if (event.key === "Escape" && !narrow.matches) return change()
    if (!root.classList.contains("presenting") || (event.key === " " && event.target.closest("a, button"))) return
    const steps = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": event.shiftKey ? -1 : 1, ArrowLeft: -1, ArrowUp: -1,
      PageUp: -1, Home: -slides.length, End: slides.length}
    if (!(event.key in steps)) return
    event.preventDefault()
    show(at + steps[event.key])
  })
  previous.addEventListener("click", () => show(at - 1, false))
  next.addEventListener("click", () => show(at + 1, false))
  all.addEventListener("click", change)
  addEventListener("hashchange", () => show(slides.findIndex(slide => `#${slide.id}` === location.hash)))
  addEventListener("beforeprint", () => root.classList.add("fixed"))
  addEventListener("afterprint", arrange)

  const mode = localStorage.getItem("mode")                  // of the book
  if (mode === "light" || mode === "dark") root.dataset.theme = mode
  arrange()
  show(at, false)
  const loaded = new Promise(done => document.readyState === "complete" ? done() : addEventListener("load", done))
  Promise.all([MathJax.startup.promise, loaded]).then(() => {
    measure()
    narrow.addEventListener("change", measure)
  })
})()
