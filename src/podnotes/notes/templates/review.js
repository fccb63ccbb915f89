"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const passages = new Map(data.passages.map((passage) => [passage.id, passage]));
  const audio = $("audio");
  const clock = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds));
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  };
  const count = (text) => (text.trim() ? text.trim().split(/\s+/).length : 0);
  const say = (text) => { $("status").textContent = text; };

  // ------------------------------------------------------------------ what she has chosen, kept in this browser
  const empty = () => ({ title: null, picks: [] });
  let state = empty();
  try {
    const kept = JSON.parse(localStorage.getItem(data.key));
    if (kept && Array.isArray(kept.picks)) {
      state = { title: typeof kept.title === "string" ? kept.title : null, picks: kept.picks.filter((pick) => passages.has(pick.id)) };
    }
  } catch { /* private windows refuse; the page works without */ }
  const keep = () => {
    try { localStorage.setItem(data.key, JSON.stringify(state)); } catch { say("This browser does not keep your picks; use Save."); }
  };
  const pickOf = (id) => state.picks.find((pick) => pick.id === id);
  const between = (from, to) => Array.from({ length: to - from }, (_, place) => data.sentences[from + place]);
  const bounds = (passage, pick) => {
    const from = pick && Number.isInteger(pick.from) ? Math.min(Math.max(passage.low, pick.from), passage.high - 1) : passage.from;
    const to = pick && Number.isInteger(pick.to) ? Math.min(Math.max(from + 1, pick.to), passage.high) : passage.to;
    return { from, to };
  };
  const quote = (pick) => {
    const passage = passages.get(pick.id);
    const { from, to } = bounds(passage, pick);
    const sentences = between(from, to);
    let text = sentences.map((sentence) => sentence.text).join(" ");
    const cut = sentences[0].cut;
    if (cut) text = text.slice(cut);
    const speakers = new Set(sentences.map((sentence) => sentence.speaker));
    const start = sentences[0].start, end = sentences[sentences.length - 1].end;
    return {
      passage, pick, text, start, end, cut: cut > 0,
      by: (speakers.size === 1 && sentences[0].speaker) || data.source,
      url: data.web ? `${data.web}#t=${Math.floor(start)}` : null,
      claims: [...new Set(sentences.flatMap((sentence) => sentence.claims))],
    };
  };

  // ------------------------------------------------------------------------------------------------------ playing
  let until = null, playing = null;
  const stopMark = () => {
    document.querySelectorAll(".card.playing").forEach((card) => card.classList.remove("playing"));
    document.querySelectorAll(".play").forEach((button) => { button.firstElementChild.textContent = "▶"; });
    playing = null;
  };
  const watch = () => {
    if (!audio) return;
    if (until !== null && audio.currentTime >= until) {
      audio.pause();
      until = null;
      stopMark();
    }
    place();
    if (!audio.paused) requestAnimationFrame(watch);
  };
  const playSpan = (start, end, card) => {
    stopMark();
    until = end;
    if (card) {
      playing = card;
      card.classList.add("playing");
      card.querySelector(".play").firstElementChild.textContent = "❚❚";
    }
    audio.currentTime = start;
    audio.play().catch(() => { stopMark(); say("The audio can't be played here."); });
  };
  const map = $("map"), lanes = map ? map.querySelector(".lanes") : null, head = $("head"), hint = $("hint");
  const place = () => {
    if (!data.seconds) return;
    head.hidden = false;
    head.style.left = `${Math.min(100, (100 * audio.currentTime) / data.seconds)}%`;
    map.setAttribute("aria-valuenow", String(Math.floor(audio.currentTime)));
    map.setAttribute("aria-valuetext", `${clock(audio.currentTime)} of ${clock(data.seconds)}`);
  };
  if (audio) {
    audio.addEventListener("play", () => requestAnimationFrame(watch));
    // In a window behind others no frames are drawn, but time still passes.
    audio.addEventListener("timeupdate", watch);
    audio.addEventListener("pause", () => { if (until === null || audio.currentTime < until) stopMark(); });
    audio.addEventListener("error", () => say("The audio can't be loaded; the words are here all the same."));
    audio.addEventListener("seeking", () => {
      if (until !== null && (audio.currentTime > until + 0.5 || (playing && audio.currentTime < Number(playing.dataset.start) - 0.5))) {
        until = null;
        stopMark();
      }
    });
    $("speed").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });
    const at = (event) => {
      const box = lanes.getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * data.seconds;
    };
    map.addEventListener("click", (event) => playSpan(at(event), null, null));
    map.addEventListener("pointermove", (event) => {
      hint.hidden = false;
      hint.textContent = clock(at(event));
      hint.style.left = `${(100 * at(event)) / data.seconds}%`;
    });
    map.addEventListener("pointerleave", () => { hint.hidden = true; });
    map.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 60, PageDown: -60 };
      let to = null;
      if (event.key in steps) to = audio.currentTime + steps[event.key];
      else if (event.key === "Home") to = 0;
      else if (event.key === "End") to = data.seconds - 1;
      else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        if (audio.paused) playSpan(audio.currentTime, null, null); else audio.pause();
        return;
      }
      if (to !== null) {
        event.preventDefault();
        until = null;
        stopMark();
        audio.currentTime = Math.min(Math.max(0, to), data.seconds);
        place();
      }
    });
  }

  // -------------------------------------------------------------------------------------------------- the passages
  const showCard = (card) => {
    const passage = passages.get(card.dataset.id);
    const pick = pickOf(passage.id);
    const { from, to } = bounds(passage, pick);
    const open = card.querySelector(".more").getAttribute("aria-expanded") === "true";
    const [before, chosen, after] = card.querySelector(".words").children;
    const text = (a, b) => between(a, b).map((sentence) => sentence.text).join(" ");
    // What was trimmed away stays in sight, greyed.
    const low = open ? passage.low : Math.min(from, passage.from), high = open ? passage.high : Math.max(to, passage.to);
    before.textContent = low < from ? `${text(low, from)} ` : "";
    chosen.textContent = text(from, to);
    after.textContent = to < high ? ` ${text(to, high)}` : "";
    before.hidden = !before.textContent;
    after.hidden = !after.textContent;
    const start = data.sentences[from].start, end = data.sentences[to - 1].end;
    card.dataset.start = String(start);
    card.dataset.end = String(end);
    card.querySelector(".span").textContent = `${clock(start)}–${clock(end)}`;
    const button = card.querySelector(".play");
    if (button) button.setAttribute("aria-label", `Play ${passage.title}, ${clock(start)} to ${clock(end)}`);
    card.classList.toggle("picked", Boolean(pick));
    if (pick) card.hidden = false;
    card.querySelector(".pick input").checked = Boolean(pick);
    card.querySelector(".trim").hidden = !pick;
    card.querySelector(".remark").hidden = !pick;
    const box = card.querySelector("textarea");
    if (pick && box !== document.activeElement) box.value = pick.remark || "";
    const words = count(text(from, to)), seconds = Math.round(end - start);
    const length = card.querySelector(".length");
    length.textContent = `${words} words, ${seconds} s` + (seconds > data.quoteSeconds ? `: long for a quote (${data.quoteSeconds} s at most is fair)` : "");
    const allowed = {
      earlier: from > passage.low && data.sentences[from - 1].usable, later: from + 1 < to, shorter: to - 1 > from,
      longer: to < passage.high && data.sentences[to].usable,
    };
    card.querySelectorAll("[data-trim]").forEach((each) => { each.disabled = !allowed[each.dataset.trim]; });
  };
  const byTime = () => {
    const order = new Map(data.topics.map((topic, index) => [topic.id, index]));
    state.picks.sort((a, b) => {
      const one = passages.get(a.id), other = passages.get(b.id);
      return order.get(one.topic) - order.get(other.topic) || quote(a).start - quote(b).start;
    });
  };
  const changed = (card, text) => {
    byTime();
    keep();
    if (card) showCard(card);
    draw();
    if (text) say(text);
  };
  const cards = [...document.querySelectorAll(".card")];
  for (const card of cards) {
    const id = card.dataset.id;
    const button = card.querySelector(".play");
    if (button) {
      button.addEventListener("click", () => {
        if (playing === card && !audio.paused) { audio.pause(); until = null; stopMark(); return; }
        playSpan(Number(card.dataset.start), Number(card.dataset.end), card);
      });
    }
    card.querySelector(".pick input").addEventListener("change", (event) => {
      if (event.target.checked) state.picks.push({ id, from: null, to: null, remark: card.querySelector("textarea").value });
      else state.picks = state.picks.filter((pick) => pick.id !== id);
      changed(card, event.target.checked ? "Picked; it stands in the draft." : "Taken out of the draft.");
    });
    card.querySelector(".more").addEventListener("click", (event) => {
      const open = event.target.getAttribute("aria-expanded") === "true";
      event.target.setAttribute("aria-expanded", String(!open));
      event.target.textContent = open ? "Words around it" : "Hide the words around it";
      showCard(card);
    });
    card.querySelectorAll("[data-trim]").forEach((each) => each.addEventListener("click", () => {
      const pick = pickOf(id), { from, to } = bounds(passages.get(id), pick);
      const moves = { earlier: [-1, 0], later: [1, 0], shorter: [0, -1], longer: [0, 1] };
      const [a, b] = moves[each.dataset.trim];
      pick.from = from + a;
      pick.to = to + b;
      changed(card, "");
    }));
    card.querySelector("textarea").addEventListener("input", (event) => {
      const pick = pickOf(id);
      if (pick) { pick.remark = event.target.value; changed(null, ""); }
    });
    const clip = card.querySelector(".clip");
    if (clip) clip.addEventListener("click", () => {
      const [start, end] = [card.dataset.start, card.dataset.end].map((seconds) => Number(seconds).toFixed(2));
      copyText(`${clip.dataset.command} ${start} ${end}`, "The command is copied: paste it into a terminal.");
    });
  }
  document.querySelectorAll("[data-more]").forEach((button) => button.addEventListener("click", () => {
    const rest = [...button.parentElement.querySelectorAll(".card[hidden]:not(.part)")];
    rest.forEach((card) => { card.hidden = false; });
    button.remove();
    if (rest.length) rest[0].querySelector(".play, .more").focus();
  }));

  // ----------------------------------------------------------------------------------------------------- the draft
  const sections = () => data.topics
    .map((topic) => ({ topic, quotes: state.picks.filter((pick) => passages.get(pick.id).topic === topic.id).map(quote) }))
    .filter((section) => section.quotes.length);
  const title = () => (state.title === null || !state.title.trim() ? data.title : state.title.trim());
  const glossary = (all) => {
    const text = all.flatMap((section) => section.quotes.map((each) => each.text)).join(" ").toLowerCase();
    return data.glossary.filter((entry) => entry.forms.some((form) => text.includes(form)));
  };
  const node = (name, ...children) => {
    const element = document.createElement(name);
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };
  const link = (label, url) => {
    if (!url) return document.createTextNode(label);
    const element = node("a", label);
    element.href = url;
    return element;
  };
  // Headings one level down in the page, as the page has a first-level one of its own.
  const build = (levels) => {
    const all = sections(), parts = [];
    const mine = (text) => { const p = node("p", "✎ ", node("em", text)); p.className = "place"; return p; };
    parts.push(node(levels[0], title()));
    const opening = node("p", data.opening);
    if (data.link) opening.append(" ", link("Listen to it here.", data.link));
    parts.push(mine(data.places.opening), opening);
    for (const { topic, quotes } of all) {
      parts.push(node(levels[1], topic.title));
      for (const each of quotes) {
        parts.push(node("blockquote", node("p", `“${each.cut ? "… " : ""}${each.text}”`), node("p", "— ", each.by, ", ", link(clock(each.start), each.url))));
        for (const line of (each.pick.remark || "").split(/\n+/).filter((text) => text.trim())) parts.push(node("p", line.trim()));
      }
      if (!quotes.some((each) => (each.pick.remark || "").trim())) {
        parts.push(node("p", node("strong", "In my practice")));
        parts.push(...(topic.prompts.length ? topic.prompts : [data.places.practice]).map(mine));
      }
    }
    if (all.length) parts.push(node(levels[1], "To take home"), mine(data.places.takeaway));
    const words = glossary(all);
    if (words.length) {
      parts.push(node(levels[1], "Words explained"), node("ul", ...words.map((entry) => node("li", node("strong", entry.word), ": ", entry.meaning))));
    }
    const citation = node("p", data.citation.before);
    if (data.citation.title) citation.append(" ", node("em", data.citation.title), data.citation.after);
    if (data.citation.address) citation.append(" ", link(data.citation.address, data.citation.address));
    parts.push(node(levels[1], "Source"), citation, node("p", node("em", data.disclaimer)));
    return parts;
  };
  const claims = () => sections().flatMap((section) => section.quotes).filter((each) => each.claims.length);
  const md = (text) => text.replace(/\s+/g, " ").trim()
    .replace(/&(?=#?\w+;)/g, "&amp;").replace(/</g, "&lt;").replace(/[\\`*\[\]]/g, "\\$&").replace(/(^|[^\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "$1\\_")
    .replace(/([{=%~$|^])(?=\1)/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\{(?=[%#])/g, "&#123;")
    .replace(/^([#>+=~:|-])/, "\\$1").replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
  const mdLink = (label, url) => (url ? `[${md(label)}](${url})` : md(label));
  const markdown = () => {
    const all = sections(), out = [];
    const mine = (text) => `✎ *${md(text)}*`;
    out.push(`# ${md(title())}`, mine(data.places.opening));
    out.push(md(data.opening) + (data.link ? ` (${mdLink("listen to it here", data.link)})` : ""));
    for (const { topic, quotes } of all) {
      out.push(`## ${md(topic.title)}`);
      for (const each of quotes) {
        out.push(`> ${each.cut ? "… " : ""}${md(each.text)}\n>\n> — ${md(each.by)}, ${mdLink(clock(each.start), each.url)}`);
        for (const line of (each.pick.remark || "").split(/\n+/).filter((text) => text.trim())) out.push(md(line));
      }
      if (!quotes.some((each) => (each.pick.remark || "").trim())) {
        out.push("**In my practice**", ...(topic.prompts.length ? topic.prompts : [data.places.practice]).map(mine));
      }
    }
    if (all.length) out.push("## To take home", mine(data.places.takeaway));
    const words = glossary(all);
    if (words.length) out.push("## Words explained", words.map((entry) => `- **${md(entry.word)}**: ${md(entry.meaning)}`).join("\n"));
    const { before, title: italic, after, address } = data.citation;
    out.push("## Source", md(before) + (italic ? ` *${md(italic)}*${md(after)}` : "") + (address ? ` <${address}>` : ""), `*${md(data.disclaimer)}*`);
    const check = claims();
    out.push("---", "## Before you publish (delete from here)");
    out.push(data.checks.map((text) => `- [ ] ${md(text)}`).join("\n"));
    if (check.length) out.push(check.map((each) => `- [ ] ${each.claims.join(", ")}, ${mdLink(clock(each.start), each.url)}: “${md(each.text)}”`).join("\n"));
    out.push(`${md(data.provenance)} ${quotedWords()} words of the episode stand in this draft. Made with podnotes ${data.version} on ${data.made}.`);
    return `${out.join("\n\n")}\n`;
  };
  const quotedWords = () => sections().flatMap((section) => section.quotes).reduce((sum, each) => sum + count(each.text), 0);
  const draw = () => {
    const words = quotedWords(), picked = state.picks.length;
    const parts = build(["h2", "h3"]);
    const check = claims();
    if (check.length) {
      parts.push(node("h4", "Check before you publish"), node("ul", ...check.map((each) =>
        node("li", `${each.claims.join(", ")}, ${clock(each.start)}: “${each.text.length > 140 ? `${each.text.slice(0, 140)}…` : each.text}”`))));
    }
    $("preview").replaceChildren(...parts);
    $("picked").textContent = String(picked);
    $("budget").textContent = picked
      ? `${picked} ${picked === 1 ? "quote" : "quotes"}, ${words} words; up to ${data.limit} is still quotation.`
      : "Pick passages on the left: they come into the draft here.";
    $("budget").classList.toggle("over", words > data.limit);
    $("clear").hidden = !picked;
    $("suggest").hidden = !data.suggested.some((each) => !pickOf(each.id));
    const box = $("title");
    if (box !== document.activeElement) box.value = title();
  };
  $("title").addEventListener("input", (event) => { state.title = event.target.value.replace(/\s*\n\s*/g, " "); changed(null, ""); });
  $("suggest").addEventListener("click", () => {
    for (const each of data.suggested) if (!pickOf(each.id)) state.picks.push({ id: each.id, from: each.from, to: each.to, remark: "" });
    changed(null, `${data.suggested.length} quotes picked.`);
    cards.forEach(showCard);
  });
  $("clear").addEventListener("click", () => {
    if (!state.picks.some((pick) => (pick.remark || "").trim()) || confirm("Clear all picks and what you wrote to them?")) {
      state.picks = [];
      changed(null, "All picks are cleared.");
      cards.forEach(showCard);
      $("suggest").focus();
    }
  });

  // ---------------------------------------------------------------------------------------------- out of the page
  const bySelection = (element) => {
    const range = document.createRange(), selection = getSelection();
    range.selectNodeContents(element);
    selection.removeAllRanges();
    selection.addRange(range);
    const done = document.execCommand("copy");
    selection.removeAllRanges();
    return done;
  };
  const hidden = (...children) => {
    const box = node("div", ...children);
    box.style.cssText = "position:fixed;left:-9999px;white-space:pre-wrap;background:#fff;color:#000";
    document.body.append(box);
    return box;
  };
  const copyText = async (text, done) => {
    try { await navigator.clipboard.writeText(text); say(done); } catch {
      const box = hidden(text);
      say(bySelection(box) ? done : "This browser doesn't let the page copy: use Save.");
      box.remove();
    }
  };
  $("copy-rich").addEventListener("click", async () => {
    const box = node("div", ...build(["h1", "h2"]));
    box.querySelectorAll("[class]").forEach((element) => element.removeAttribute("class"));
    const done = "Copied: paste it into the post in Wix or WordPress.";
    try {
      const blob = (text, type) => new Blob([text], { type });
      await navigator.clipboard.write([new ClipboardItem({
        "text/html": blob(box.innerHTML, "text/html"), "text/plain": blob(markdown(), "text/plain"),
      })]);
      say(done);
    } catch {
      const shown = hidden(box);
      say(bySelection(shown) ? done : "This browser doesn't let the page copy: use Save.");
      shown.remove();
    }
  });
  $("copy-markdown").addEventListener("click", () => copyText(markdown(), "Copied as Markdown."));
  const download = (blob, ending) => {
    const address = URL.createObjectURL(blob);
    const anchor = link("", address);
    anchor.download = `${title().toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "draft"}${ending}`;
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  $("save").addEventListener("click", () => {
    download(new Blob([markdown()], { type: "text/markdown" }), ".md");
    say("Saved among your downloads.");
  });
  // Blogs take PNG, not all take SVG; drawn twice as large it stays sharp.
  if ($("picture")) $("picture").addEventListener("click", () => {
    const image = new Image();
    image.addEventListener("error", () => say("This browser can't draw the picture."));
    image.addEventListener("load", () => {
      const canvas = node("canvas");
      canvas.width = 2 * image.width;
      canvas.height = 2 * image.height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => {
        download(blob, "-topics.png");
        copyText(data.alternative, "The picture is saved, and its alternative text is copied.");
      }, "image/png");
    });
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(data.picture)}`;
  });

  // The way to the draft is in the way once it is there.
  new IntersectionObserver(([entry]) => { document.querySelector(".to-draft").hidden = entry.isIntersecting; }).observe($("preview"));
  const measure = () => document.documentElement.style.setProperty("--below-player", `${document.querySelector(".player").offsetHeight + 8}px`);
  addEventListener("resize", measure);
  measure();
  cards.forEach(showCard);
  draw();
})();
