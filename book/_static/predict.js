/* Predictions: a question is asked, what answers it waits, and what the reader said is kept in the browser.

   The page holds questions and answers as text (book/_ext/predict.py). This makes fields of the first, hides the second
   until the reader commits or asks to see it, and fills the page "Your predictions". */
"use strict";

(() => {
  /* ---- what was said ------------------------------------------------------------------------------------------- */

  const KEY = "one-gradient-predictions";
  let memory = {};                                       // for this page, where the browser keeps nothing

  const all = () => {
    try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return memory; }
  };
  const keep = (answers) => {
    memory = answers;
    try { localStorage.setItem(KEY, JSON.stringify(answers)); } catch { /* private mode: kept for this page */ }
  };
  const remember = (key, answer) => keep({...all(), [key]: answer});
  const forget = (key) => { const {[key]: _, ...rest} = all(); keep(rest); };

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const letter = (index) => String.fromCharCode(97 + index);

  /* A number as people write it: a decimal comma, a minus sign, a power of ten, per cent. NaN for anything else. */
  const number = (text) => {
    const match = text.trim().replace("\u2212", "-").replace(/^(-?\d+),(\d+)/, "$1.$2").match(/^(-?[\d.]+(?:e[-+]?\d+)?)\s*(%?)$/i);
    return match ? Number(match[1]) / (match[2] ? 100 : 1) : NaN;
  };

  /* ---- one question --------------------------------------------------------------------------------------------- */

  function ask(question) {
    const {key, within} = question.dataset, choices = question.querySelector(".predict-choices");
    const explain = document.querySelector(`.predict-explain[data-for="${question.id}"]`);
    if (!explain) return;
    const right = explain.querySelector(".predict-right").textContent.trim();
    const waiting = partsBetween(question, explain);
    const words = question.querySelector("p:not(.admonition-title)");
    words.id = `${question.id}-words`;

    const fields = choices ? radios(choices, question.id, words.id) : entry(words.id);
    const commit = element("button", {type: "submit", textContent: "That is my prediction"});
    const show = element("button", {type: "button", textContent: "Just show me", className: "predict-show"});
    const again = element("button", {type: "button", textContent: "Ask me again", className: "predict-show", hidden: true});
    const status = element("p", {className: "predict-status", tabIndex: -1});
    status.setAttribute("role", "status");
    const form = element("form", {className: "predict-form"}, element("p", {}, commit, show, again), status);
    if (!choices) form.prepend(fields.place);
    question.append(form);

    function wait(hide) {
      for (const part of waiting)
        if (hide) part.setAttribute("hidden", "until-found"); else part.removeAttribute("hidden");
      for (const input of fields.inputs) input.disabled = !hide;
      commit.hidden = show.hidden = !hide;
      again.hidden = hide;
    }

    function isRight(said) {
      if (choices) return said === right;
      const [share, percent] = [parseFloat(within), within.endsWith("%")], truth = number(right);
      return Math.abs(number(said) - truth) <= (percent ? share / 100 * Math.abs(truth) : share) * (1 + 1e-9);
    }

    function resolve(answer) {
      wait(false);
      status.textContent = answer ? verdict(answer, right) : "";
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = fields.said();
      if (!said || (!choices && Number.isNaN(number(said)))) {
        status.textContent = choices ? "Choose one first, or let the page show you." : "Write a number first, such as 0.25.";
        return fields.inputs[0].focus();
      }
      const answer = {said, right, good: isRight(said)};
      remember(key, answer);
      resolve(answer);
      status.focus();
    });
    show.addEventListener("click", () => { resolve(null); status.textContent = `It is ${right}.`; status.focus(); });
    again.addEventListener("click", () => {
      forget(key);
      wait(true);
      fields.clear();
      status.textContent = "";
      fields.inputs[0].focus();
    });
    /* Found by a search in the page, or the target of a link: shown. */
    for (const part of waiting) part.addEventListener("beforematch", () => resolve(null));
    const follow = () => {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && waiting.some((part) => part.contains(target))) { resolve(null); target.scrollIntoView(); }
    };
    addEventListener("hashchange", follow);

    const before = all()[key];
    wait(true);
    if (before) {
      fields.choose(before.said);
      resolve({...before, right, good: isRight(before.said)});
    }
    follow();
  }

  function verdict({said, good}, right) {
    if (!good) return `You said ${said}. It is ${right}.`;
    return said === right ? `You said ${said}, and that is right.` : `You said ${said}. Close enough: it is ${right}.`;
  }

  /* What waits for this question: marked parts between it and its explanation, which stand beside each other. */
  function partsBetween(question, explain) {
    const parts = [];
    for (let node = question.nextElementSibling; node; node = node.nextElementSibling) {
      parts.push(...(node.matches(".predict-waits") ? [node] : node.querySelectorAll(".predict-waits")));
      if (node === explain) break;
    }
    return parts;
  }

  /* Radio buttons in the entries of the list. */
  function radios(list, name, words) {
    list.setAttribute("role", "radiogroup");
    list.setAttribute("aria-labelledby", words);
    const inputs = [...list.children].map((item, index) => {
      const input = element("input", {type: "radio", name, value: letter(index)});
      const text = element("span", {}, ...item.childNodes);
      item.setAttribute("role", "presentation");
      item.append(element("label", {}, input, element("b", {textContent: `${letter(index)}. `}), text));
      return input;
    });
    return {
      inputs,
      said: () => inputs.find((input) => input.checked)?.value ?? "",
      choose: (said) => { for (const input of inputs) input.checked = input.value === said; },
      clear: () => { for (const input of inputs) input.checked = false; },
    };
  }

  /* A field for a number. */
  function entry(words) {
    const input = element("input", {type: "text", inputMode: "decimal", autocomplete: "off", size: 10});
    input.setAttribute("aria-labelledby", words);
    return {
      place: element("p", {}, input),
      inputs: [input],
      said: () => input.value.trim(),
      choose: (said) => { input.value = said; },
      clear: () => { input.value = ""; },
    };
  }

  /* ---- the page "Your predictions" ------------------------------------------------------------------------------- */

  function list(place) {
    const answers = all(), entries = Object.entries(answers);
    for (const old of place.querySelectorAll(".predict-status")) old.remove();
    for (const [key, {said, right, good}] of entries) {
      const item = document.getElementById("of-" + key.replace(/[/_]/g, "-"));
      if (item) item.append(element("p", {className: "predict-status", textContent: verdict({said, good}, right)}));
    }
    const good = entries.filter(([, answer]) => answer.good).length;
    const summary = element("p", {className: "predict-status", tabIndex: -1, textContent: entries.length
      ? `You have answered ${entries.length} of ${place.querySelectorAll("li").length} questions, ${good} of them right.`
      : "You have not answered any question yet. Your answers stay in this browser, and nobody else sees them."});
    summary.setAttribute("role", "status");
    place.prepend(summary);
    if (!entries.length) return;
    const clear = element("button", {type: "button", textContent: "Forget all my answers"});
    clear.addEventListener("click", () => {
      if (clear.dataset.sure) { keep({}); list(place); place.querySelector("[role=status]").focus(); return; }
      clear.dataset.sure = "yes";
      clear.textContent = "Forget them: there is no way back";
    });
    summary.append(" ", clear);
  }

  for (const question of document.querySelectorAll(".predict")) ask(question);
  for (const place of document.querySelectorAll(".predictions")) list(place);
})();
