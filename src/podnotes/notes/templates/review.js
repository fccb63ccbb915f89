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
  const say = (text) => { $($("proofing")?.open ? "proofing-status" : "status").textContent = text; };

  // ----------------------------------------------------------- what is chosen, kept in the library or this browser
  const topics = new Map(data.topics.map((topic) => [topic.id, topic]));
  const said = data.sentences;
  const voices = data.voices;
  const speakerOf = (sentence) => (sentence.voice === undefined ? null : voices[sentence.voice].name);
  // What is kept of a pick; the card that shows it and its sentences follow from this.
  const plain = ({ id, topic, start, end, place, remark }) => ({ id, topic, start, end, place, remark });
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const byId = (picks) => new Map(picks.map((pick) => [pick.id, plain(pick)]));
  const empty = () => ({ picks: [], words: {} });
  let state = empty(), saved = empty();
  const sentenceAt = (seconds) => {
    let low = 0, high = said.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (said[middle].start <= seconds) low = middle; else high = middle - 1;
    }
    return low;
  };
  const spanOf = (start, end) => {
    const middle = (index) => (said[index].start + said[index].end) / 2;
    let from = sentenceAt(start);
    while (from > 0 && middle(from - 1) >= start) from -= 1;
    while (from < said.length - 1 && middle(from) < start) from += 1;
    let to = from + 1;
    while (to < said.length && middle(to) <= end) to += 1;
    return [from, to];
  };
  const pickOf = (card) => state.picks.find((pick) => pick.card === card);
  const between = (from, to) => said.slice(from, to);
  const bounds = (passage, pick) => (pick ? { from: pick.from, to: pick.to } : { from: passage.from, to: passage.to });
  // A quote that no card of a passage can show has one of its own.
  const settle = (pick) => {
    [pick.from, pick.to] = spanOf(pick.start, pick.end);
    if (!topics.has(pick.topic)) pick.topic = data.topics.at(-1).id;
    const fits = (passage) => passage.topic === pick.topic && passage.low <= pick.from && pick.to <= passage.high
      && pick.from < passage.to && passage.from < pick.to && !pickOf(passage.id);
    const exact = data.passages.find((passage) => passage.from === pick.from && fits(passage));
    const found = exact || data.passages.find((passage) => fits(passage) && passage.id === passage.of);
    pick.card = found ? found.id : ownCard(pick);
  };
  const newPick = (topic, from, to, remark) => {
    const start = said[from].start;
    let id = `${topic} ${start.toFixed(2)}`;
    while (state.picks.some((pick) => pick.id === id)) id += "+";
    const pick = { id, topic, start, end: said[to - 1].end, place: start, remark, from, to, card: null };
    state.picks.push(pick);
    return pick;
  };
  const restored = (kept) => {
    // Pages of earlier versions kept the numbers of sentences.
    const picks = (Array.isArray(kept.picks) ? kept.picks : []).map((pick) => {
      const passage = passages.get(pick.id);
      if (typeof pick.start === "number" || !passage) return pick;
      const from = pick.from ?? passage.from, to = pick.to ?? passage.to, start = said[from].start;
      return { id: `${passage.topic} ${start.toFixed(2)}`, topic: passage.topic, start, end: said[to - 1].end, place: start, remark: pick.remark || "" };
    }).filter((pick) => typeof pick.start === "number");
    return { picks: picks.map(plain), words: kept.words || (kept.title ? { title: kept.title } : {}) };
  };
  // What another page changed comes in; what was changed here since the last save stays.
  const merge = (kept) => {
    const mine = byId(state.picks), base = byId(saved.picks), theirs = byId(kept.picks);
    const picks = [];
    for (const id of new Set([...mine.keys(), ...theirs.keys()])) {
      const pick = same(mine.get(id), base.get(id)) ? theirs.get(id) : mine.get(id);
      if (pick) picks.push({ ...pick });
    }
    const words = {};
    for (const name of new Set([...Object.keys(state.words), ...Object.keys(kept.words)])) {
      const text = (state.words[name] || "") === (saved.words[name] || "") ? kept.words[name] : state.words[name];
      if (text) words[name] = text;
    }
    const before = { picks: state.picks.map(plain), words: state.words };
    saved = { picks: kept.picks.map(plain), words: { ...kept.words } };
    if (same({ picks: [...byId(picks).values()], words }, before)) return;
    state = { picks: [], words };
    for (const pick of picks) { settle(pick); state.picks.push(pick); }
    byTime();
    showAll();
  };
  const unsaved = () => {
    const mine = byId(state.picks), base = byId(saved.picks), words = {};
    for (const name of new Set([...Object.keys(state.words), ...Object.keys(saved.words)])) {
      if ((state.words[name] || "") !== (saved.words[name] || "")) words[name] = state.words[name] || "";
    }
    const picks = [...mine.values()].filter((pick) => !same(pick, base.get(pick.id)));
    const removed = [...base.keys()].filter((id) => !mine.has(id));
    return picks.length || removed.length || Object.keys(words).length ? { picks, removed, words } : null;
  };
  const post = async (name, body) => {
    const answer = await fetch(name, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), keepalive: name === "changes" });
    const held = await answer.json();
    if (!answer.ok) throw new Error(held.error);
    return held;
  };
  let waiting = null, saving = null, latest = 0;
  const take = (held) => {
    keepUp(held);
    if (held.count >= latest) { latest = held.count; merge(held); }
  };
  const save = () => {
    clearTimeout(waiting);
    waiting = null;
    if (saving) return saving;
    const changes = unsaved();
    if (!changes) { $("kept").textContent = "All changes are saved in your library."; return Promise.resolve(); }
    saving = post("changes", changes).then((held) => {
      take(held);
      $("kept").classList.remove("lost");
      $("kept").textContent = "All changes are saved in your library.";
      if (unsaved()) { $("kept").textContent = "Saving …"; waiting = setTimeout(save, 100); }
    }, (error) => {
      $("kept").classList.add("lost");
      $("kept").textContent = error instanceof TypeError
        ? "Not saved: podnotes review has ended. Download what you have, and run it again."
        : `Not saved: ${error.message}`;
      waiting = setTimeout(save, 2000);
    }).finally(() => { saving = null; });
    return saving;
  };
  const keep = () => {
    if (data.served) {
      if (!$("kept").classList.contains("lost")) $("kept").textContent = "Saving …";
      if (!waiting && !saving) waiting = setTimeout(save, 300);
      return;
    }
    try { localStorage.setItem(data.key, JSON.stringify({ picks: state.picks.map(plain), words: state.words })); } catch { say("This browser can't store your picks; use Save."); }
  };
  const quote = (pick) => {
    const { from, to } = pick;
    const sentences = between(from, to);
    let text = sentences.map((sentence) => sentence.text).join(" ");
    const cut = sentences[0].cut;
    if (cut) text = text.slice(cut);
    const speakers = new Set(sentences.map(speakerOf));
    const start = sentences[0].start, end = sentences[sentences.length - 1].end;
    return {
      pick, text, start, end, cut: cut > 0,
      by: (speakers.size === 1 && speakerOf(sentences[0])) || data.source,
      url: data.web ? `${data.web}#t=${Math.floor(start)}` : null,
      claims: [...new Set(sentences.flatMap((sentence) => sentence.claims || []))],
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
    markNow();
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
    audio.play().catch((error) => {
      if (error.name === "AbortError") return; // paused, or another place was asked for
      stopMark();
      say("The audio can't be played here.");
    });
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
    audio.addEventListener("error", () => say("The audio can't be loaded; the transcript is still available."));
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
    const start = said[from].start, end = said[to - 1].end;
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
      earlier: from > passage.low && (passage.own || !said[from - 1].unusable), later: from + 1 < to, shorter: to - 1 > from,
      longer: to < passage.high && (passage.own || !said[to].unusable),
    };
    card.querySelectorAll("[data-trim]").forEach((each) => { each.disabled = !allowed[each.dataset.trim]; });
  };
  const byTime = () => {
    const order = new Map(data.topics.map((topic, index) => [topic.id, index]));
    state.picks.sort((a, b) => order.get(a.topic) - order.get(b.topic) || a.place - b.place || a.start - b.start);
  };
  const showAll = () => {
    // Cards of one's own choice go with their pick.
    for (const passage of [...passages.values()]) if (passage.own && !pickOf(passage.id)) drop({ card: passage.id });
    cards.forEach(showCard);
    draw();
  };
  const changed = (card, text) => {
    byTime();
    keep();
    if (card) showCard(card);
    draw();
    if (text) say(text);
  };
  const cards = [...document.querySelectorAll(".card")];
  const drop = (pick) => {
    state.picks = state.picks.filter((each) => each !== pick);
    if (passages.get(pick.card).own) {
      passages.delete(pick.card);
      const place = cards.findIndex((card) => card.dataset.id === pick.card);
      cards.splice(place, 1)[0].remove();
      $("own").hidden = !$("own-cards").children.length;
    }
  };
  const wire = (card) => {
    const id = card.dataset.id;
    const button = card.querySelector(".play");
    if (button) {
      button.addEventListener("click", () => {
        if (playing === card && !audio.paused) { audio.pause(); until = null; stopMark(); return; }
        playSpan(Number(card.dataset.start), Number(card.dataset.end), card);
      });
    }
    card.querySelector(".pick input").addEventListener("change", (event) => {
      const passage = passages.get(id);
      if (event.target.checked) newPick(passage.topic, passage.from, passage.to, card.querySelector("textarea").value).card = id;
      else drop(pickOf(id));
      changed(event.target.checked || !passage.own ? card : null, event.target.checked ? "Picked; added to the draft." : "Removed from the draft.");
    });
    card.querySelector(".more").addEventListener("click", (event) => {
      const open = event.target.getAttribute("aria-expanded") === "true";
      event.target.setAttribute("aria-expanded", String(!open));
      event.target.textContent = open ? "Show context" : "Hide context";
      showCard(card);
    });
    card.querySelectorAll("[data-trim]").forEach((each) => each.addEventListener("click", () => {
      const pick = pickOf(id);
      const [a, b] = moves[each.dataset.trim];
      pick.from += a;
      pick.to += b;
      pick.start = said[pick.from].start;
      pick.end = said[pick.to - 1].end;
      changed(card, "");
    }));
    card.querySelector("textarea").addEventListener("input", (event) => {
      const pick = pickOf(id);
      if (pick) { pick.remark = event.target.value; changed(null, ""); }
    });
    const clip = card.querySelector(".clip");
    if (clip) clip.addEventListener("click", () => {
      const [start, end] = [card.dataset.start, card.dataset.end].map((seconds) => Number(seconds).toFixed(2));
      copyText(`${clip.dataset.command} ${start} ${end}`, "Command copied: paste it into a terminal.");
    });
  };
  const moves = { earlier: [-1, 0], later: [1, 0], shorter: [0, -1], longer: [0, 1] };
  const colorOf = (topic) => (topics.get(topic).color === null ? "var(--accent)" : `var(--t${topics.get(topic).color})`);
  const ownCard = (pick) => {
    const id = `own ${pick.id}`;
    if (passages.has(id)) return id;
    const title = topics.get(pick.topic).title, { from, to } = pick;
    passages.set(id, { id, of: id, topic: pick.topic, title, low: Math.max(0, from - 4), high: Math.min(said.length, to + 4), from, to, own: true });
    const card = $("card-template").content.firstElementChild.cloneNode(true);
    card.id = card.dataset.id = id;
    card.style.setProperty("--topic", colorOf(pick.topic));
    card.setAttribute("aria-label", `${title}, ${clock(said[from].start)}`);
    card.querySelector(".strength").remove();
    card.querySelector(".pick input").setAttribute("aria-label", `Pick ${title}, ${clock(said[from].start)}`);
    const voice = card.querySelector(".voice"), own = new Set(between(from, to).map((sentence) => sentence.voice));
    if (own.size === 1 && said[from].voice !== undefined) {
      voice.dataset.voice = said[from].voice;
      voice.style.setProperty("--voice", `var(--v${said[from].voice % 6})`);
      voice.textContent = speakerOf(said[from]) || "a speaker";
    } else voice.remove();
    $("own-cards").append(card);
    $("own").hidden = false;
    cards.push(card);
    wire(card);
    return id;
  };
  cards.forEach(wire);
  document.querySelectorAll("[data-more]").forEach((button) => button.addEventListener("click", () => {
    const rest = [...button.parentElement.querySelectorAll(".card[hidden]:not(.part)")];
    rest.forEach((card) => { card.hidden = false; });
    button.remove();
    if (rest.length) rest[0].querySelector(".play, .more").focus();
  }));

  // ----------------------------------------------------------------------------------------------------- the draft
  const sections = () => data.topics
    .map((topic) => ({ topic, quotes: state.picks.filter((pick) => pick.topic === topic.id).map(quote) }))
    .filter((section) => section.quotes.length);
  const title = () => (state.words.title || "").trim() || data.title;
  const linesOf = (text) => (text || "").split(/\n+/).map((line) => line.trim()).filter(Boolean);
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
  // To be edited, each place for the user's own words is a text field.
  const build = (levels, edit) => {
    const all = sections(), parts = [];
    const mine = (text) => { const p = node("p", "✎ ", node("em", text)); p.className = "place"; return p; };
    const yours = (name, prompts) => {
      if (edit) return [edit(name, prompts)];
      const lines = linesOf(state.words[name]);
      return lines.length ? lines.map((line) => node("p", line)) : prompts.map(mine);
    };
    parts.push(node(levels[0], title()));
    const opening = node("p", data.opening);
    if (data.link) opening.append(" ", link("Listen to it here.", data.link));
    parts.push(...yours("opening", [data.places.opening]), opening);
    for (const { topic, quotes } of all) {
      parts.push(node(levels[1], topic.title));
      for (const each of quotes) {
        parts.push(node("blockquote", node("p", `“${each.cut ? "… " : ""}${each.text}”`), node("p", "— ", each.by, ", ", link(clock(each.start), each.url))));
        for (const line of linesOf(each.pick.remark)) parts.push(node("p", line));
        if (edit) parts.push(tools(each.pick, quotes.map((one) => one.pick)));
      }
      const name = `practice:${topic.id}`;
      if (state.words[name] || !quotes.some((each) => (each.pick.remark || "").trim())) {
        parts.push(node("p", node("strong", "In my practice")), ...yours(name, topic.prompts.length ? topic.prompts : [data.places.practice]));
      }
    }
    if (all.length) parts.push(node(levels[1], "Takeaways"), ...yours("takeaway", [data.places.takeaway]));
    const words = glossary(all);
    if (words.length) {
      parts.push(node(levels[1], "Glossary"), node("ul", ...words.map((entry) => node("li", node("strong", entry.word), ": ", entry.meaning))));
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
    const yours = (name, prompts) => {
      const lines = linesOf(state.words[name]);
      return lines.length ? lines.map(md) : prompts.map(mine);
    };
    out.push(`# ${md(title())}`, ...yours("opening", [data.places.opening]));
    out.push(md(data.opening) + (data.link ? ` (${mdLink("listen here", data.link)})` : ""));
    for (const { topic, quotes } of all) {
      out.push(`## ${md(topic.title)}`);
      for (const each of quotes) {
        out.push(`> ${each.cut ? "… " : ""}${md(each.text)}\n>\n> — ${md(each.by)}, ${mdLink(clock(each.start), each.url)}`);
        out.push(...linesOf(each.pick.remark).map(md));
      }
      const name = `practice:${topic.id}`;
      if (state.words[name] || !quotes.some((each) => (each.pick.remark || "").trim())) {
        out.push("**In my practice**", ...yours(name, topic.prompts.length ? topic.prompts : [data.places.practice]));
      }
    }
    if (all.length) out.push("## Takeaways", ...yours("takeaway", [data.places.takeaway]));
    const words = glossary(all);
    if (words.length) out.push("## Glossary", words.map((entry) => `- **${md(entry.word)}**: ${md(entry.meaning)}`).join("\n"));
    const { before, title: italic, after, address } = data.citation;
    out.push("## Source", md(before) + (italic ? ` *${md(italic)}*${md(after)}` : "") + (address ? ` <${address}>` : ""), `*${md(data.disclaimer)}*`);
    const check = claims();
    out.push("---", "## Before you publish (delete everything from here on)");
    out.push(data.checks.map((text) => `- [ ] ${md(text)}`).join("\n"));
    if (check.length) out.push("Check these claims, or leave them out:", check.map((each) => `- [ ] ${each.claims.join(", ")}, ${mdLink(clock(each.start), each.url)}: “${md(each.text)}”`).join("\n"));
    out.push(`${md(data.provenance)} This draft quotes ${quotedWords()} words. Made with podnotes ${data.version} on ${data.made}.`);
    return `${out.join("\n\n")}\n`;
  };
  const quotedWords = () => sections().flatMap((section) => section.quotes).reduce((sum, each) => sum + count(each.text), 0);
  const button = (label, name, act) => {
    const element = node("button", label);
    element.type = "button";
    element.setAttribute("aria-label", name);
    element.addEventListener("click", act);
    return element;
  };
  const tools = (pick, all) => {
    const place = all.indexOf(pick), at = clock(pick.start), row = node("div");
    const move = (to) => {
      // Between its new neighbours.
      const rest = all.filter((each) => each !== pick), before = rest[to - 1], after = rest[to];
      pick.place = before && after ? (before.place + after.place) / 2 : before ? before.place + 1 : after.place - 1;
      changed(null, "Moved.");
      const moved = $("preview").querySelectorAll(`[data-pick]`);
      [...moved].find((each) => each.dataset.pick === pick.id).querySelector(`button:nth-child(${to < place ? 1 : 2}):enabled, button:enabled`).focus();
    };
    const up = button("▴", `Move the quote at ${at} up`, () => move(place - 1)), down = button("▾", `Move the quote at ${at} down`, () => move(place + 1));
    up.disabled = place === 0;
    down.disabled = place === all.length - 1;
    row.className = "tools";
    row.dataset.pick = pick.id;
    row.append(up, down, button("Show", `Show the quote at ${at} where it is said`, () => showSaid(pick.from)),
      button("Remove", `Remove the quote at ${at}`, () => { drop(pick); changed(null, "Removed from the draft."); showAll(); }));
    return row;
  };
  const field = (name, prompts) => {
    const box = node("textarea"), label = node("label", "✎ Your words", box);
    label.className = "yours";
    box.rows = 2;
    box.placeholder = prompts.join("\n");
    box.value = state.words[name] || "";
    box.dataset.place = name;
    box.addEventListener("input", () => { state.words[name] = box.value; keep(); });
    return label;
  };
  let undrawn = false;
  $("preview").addEventListener("focusout", () => setTimeout(() => { if (undrawn) draw(); }));
  const draw = () => {
    // Nobody is interrupted in writing.
    undrawn = Boolean(document.activeElement.dataset.place);
    if (undrawn) return;
    const words = quotedWords(), picked = state.picks.length;
    const parts = build(["h2", "h3"], field);
    const check = claims();
    if (check.length) {
      parts.push(node("h4", "Check before you publish"), node("ul", ...check.map((each) =>
        node("li", `${each.claims.join(", ")}, ${clock(each.start)}: “${each.text.length > 140 ? `${each.text.slice(0, 140)}…` : each.text}”`))));
    }
    $("preview").replaceChildren(...parts);
    $("picked").textContent = String(picked);
    $("budget").textContent = picked
      ? `${picked} ${picked === 1 ? "quote" : "quotes"}, ${words} words; ${words > data.limit ? "more than" : "up to"} ${data.limit} words is ${words > data.limit ? "a lot to quote" : "fine"}.`
      : "Pick passages on the left to add them to the draft.";
    $("budget").classList.toggle("over", words > data.limit);
    $("clear").hidden = !picked;
    $("suggest").hidden = !data.suggested.some((each) => !pickOf(each.id));
    markQuoted();
    if (data.served) countDoubtful();
    const box = $("title");
    if (box !== document.activeElement) box.value = title();
  };
  $("title").addEventListener("input", (event) => { state.words.title = event.target.value.replace(/\s*\n\s*/g, " "); changed(null, ""); });
  $("suggest").addEventListener("click", () => {
    for (const each of data.suggested) if (!pickOf(each.id)) newPick(passages.get(each.id).topic, each.from, each.to, "").card = each.id;
    changed(null, `${data.suggested.length} quotes picked.`);
    cards.forEach(showCard);
  });
  $("clear").addEventListener("click", () => {
    if (!state.picks.some((pick) => (pick.remark || "").trim()) || confirm("Clear all picks and what you wrote to them?")) {
      state.picks.slice().forEach(drop);
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
      say(bySelection(box) ? done : "This browser doesn't allow the page to copy: use Save.");
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
      say(bySelection(shown) ? done : "This browser doesn't allow the page to copy: use Save.");
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
    say("Saved in your downloads folder.");
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
        copyText(data.alternative, "Image saved, and its alternative text copied.");
      }, "image/png");
    });
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(data.picture)}`;
  });

  // ------------------------------------------------------------------------------------------- everything that is said
  const spans = [];
  let drawn = false, chosen = null, word = 0, lastWord = 0, now = null;
  const tabs = [$("tab-passages"), $("tab-whole")];
  const panels = [$("passages"), $("whole")];
  const open = (number) => {
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === number));
      tab.tabIndex = place === number ? 0 : -1;
    });
    panels[1 - number].setAttribute("hidden", "until-found");
    panels[number].removeAttribute("hidden");
    if (number === 0) unchoose();
  };
  tabs.forEach((tab, number) => {
    tab.addEventListener("click", () => open(number));
    tab.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
      event.preventDefault();
      open(event.key === "Home" ? 0 : event.key === "End" ? 1 : 1 - number);
      tabs.find((each) => each.tabIndex === 0).focus();
    });
    // The browser's own search found something in it.
    panels[number].addEventListener("beforematch", () => open(number));
  });
  const transcript = () => {
    const marked = new Map(), begins = new Map();
    for (const mark of data.marks) {
      const topic = passages.get(mark.card)?.topic;
      if (!topic) continue;
      for (let index = mark.from; index < mark.to; index += 1) if (!marked.has(index)) marked.set(index, topic);
      begins.set(mark.from, [...(begins.get(mark.from) || []), mark.card]);
    }
    const parts = [];
    let voice = null;
    data.paragraphs.forEach((paragraph, number) => {
      const next = data.paragraphs[number + 1], to = next ? next.from : said.length, first = said[paragraph.from];
      if (paragraph.chapter) parts.push(node("h3", paragraph.chapter));
      const box = node("div"), who = node("p"), words = node("p"), at = button(clock(first.start), `Listen from ${clock(first.start)}`, () => playSpan(first.start, null, null));
      box.className = `para${paragraph.skipped ? " left-out" : ""}`;
      who.className = "who";
      words.className = "said";
      at.className = "at";
      at.tabIndex = -1;
      if (audio) who.append(at); else who.append(clock(first.start));
      if (first.voice !== undefined) {
        box.style.setProperty("--voice", `var(--v${first.voice % 6})`);
        if (first.voice !== voice || paragraph.chapter) {
          const name = node("span", speakerOf(first) || "a speaker");
          name.className = "voice";
          name.dataset.voice = first.voice;
          who.append(name);
        }
      }
      voice = first.voice;
      if (paragraph.skipped) who.append(node("span", paragraph.skipped === "ad" ? "sponsor read, left out" : "housekeeping, left out"));
      for (let index = paragraph.from; index < to; index += 1) {
        for (const card of begins.get(index) || []) {
          const passage = passages.get(card), tag = button(passage.title, `Show the passage on ${passage.title}`, () => showPassage(card));
          tag.className = "tag";
          tag.tabIndex = -1;
          tag.style.setProperty("--topic", colorOf(passage.topic));
          words.append(tag);
        }
        const span = document.createElement("span");
        span.className = "s";
        span.dataset.i = index;
        if (marked.has(index)) {
          span.classList.add("on");
          span.style.setProperty("--topic", colorOf(marked.get(index)));
        }
        span.append(said[index].text);
        spans.push(span);
        words.append(span, " ");
      }
      box.append(who, words);
      parts.push(box);
    });
    $("transcript").append(...parts);
    if (spans.length) spans[0].tabIndex = 0;
    drawn = true;
  };
  let quoted = [];
  const markQuoted = () => {
    if (!drawn) return;
    quoted.forEach((span) => span.classList.remove("quoted"));
    quoted = state.picks.flatMap((pick) => spans.slice(pick.from, pick.to));
    quoted.forEach((span) => span.classList.add("quoted"));
    if (chosen) showChoice();
  };
  const markNow = () => {
    const index = audio.paused ? null : sentenceAt(audio.currentTime);
    if (index === now) return;
    if (now !== null) spans[now].classList.remove("now");
    if (index !== null && spans[index]) spans[index].classList.add("now");
    now = index;
  };
  const paint = (name, ranges) => {
    if (!("highlights" in CSS)) return;
    if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges)); else CSS.highlights.delete(name);
  };
  // A word of a sentence: where it stands in the text, and when it is said.
  const wordsOf = (index) => [...said[index].text.matchAll(/\S+/g)];
  const wordAt = (index, offset) => Math.max(0, wordsOf(index).findLastIndex((part) => part.index <= offset));
  const timeOf = (index, number) => {
    const sentence = said[index], parts = wordsOf(index);
    const place = parts.length === sentence.words.length ? number
      : Math.floor((sentence.words.length * parts[number].index) / sentence.text.length);
    return sentence.start + (sentence.words[place] || 0) / 100;
  };
  const bare = (part) => part.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "") || part;
  // The words of the selected sentence that can be listened from and corrected.
  const wordsChosen = () => {
    const parts = wordsOf(chosen.at), number = Math.min(word, parts.length - 1), last = parts[Math.min(lastWord, parts.length - 1)];
    const first = parts[number].index, end = last.index + last[0].length;
    return { first, end, number, text: said[chosen.at].text.slice(first, end) };
  };
  const overlapped = () => state.picks.filter((pick) => pick.from < chosen.to && chosen.from < pick.to);
  const pickedAs = () => state.picks.find((pick) => pick.from === chosen.from && pick.to === chosen.to && pick.topic === $("choice-topic").value);
  const showChoice = () => {
    const { from, to, at } = chosen, all = between(from, to);
    $("choice").hidden = false;
    document.querySelector(".to-draft").style.visibility = "hidden";
    $("choice-span").textContent = `${clock(all[0].start)}–${clock(all.at(-1).end)}`;
    const length = all.reduce((sum, sentence) => sum + count(sentence.text), 0), seconds = Math.round(all.at(-1).end - all[0].start);
    const doubtful = all.some((sentence) => sentence.unusable) ? "; podnotes would leave it out" : "";
    $("choice-size").textContent = `${length} words, ${seconds} s${doubtful}: ${all[0].text}`;
    $("quote").textContent = pickedAs() ? "Remove" : overlapped().length ? "Quote this instead" : "Quote";
    const words = wordsChosen(), range = new Range();
    if ($("listen")) $("listen").textContent = `▶ from “${bare(words.text.split(/\s/)[0])}”`;
    if ($("mend")) $("mend").textContent = `Correct “${bare(words.text)}”`;
    range.setStart(spans[at].lastChild, words.first);
    range.setEnd(spans[at].lastChild, words.end);
    paint("word", [range]);
    const allowed = { earlier: from > 0, later: from + 1 < to, shorter: to - 1 > from, longer: to < said.length };
    document.querySelectorAll("[data-choose]").forEach((each) => { each.disabled = !allowed[each.dataset.choose]; });
  };
  let lastTopic = null;
  const topicOf = (from, to) => {
    const pick = state.picks.find((each) => each.from < to && from < each.to);
    const mark = data.marks.find((each) => each.from < to && from < each.to);
    return pick?.topic || (mark && passages.get(mark.card)?.topic) || lastTopic || data.topics[0].id;
  };
  const choose = (from, to, at, number, last = number) => {
    const fresh = !chosen || from !== chosen.from || to !== chosen.to;
    if (chosen) {
      for (let index = chosen.from; index < chosen.to; index += 1) spans[index].classList.remove("chosen");
      spans[chosen.at].tabIndex = -1;
    }
    spans[0].tabIndex = -1;
    chosen = { from, to, at };
    word = number;
    lastWord = last;
    for (let index = from; index < to; index += 1) spans[index].classList.add("chosen");
    spans[at].tabIndex = 0;
    if (fresh) $("choice-topic").value = topicOf(from, to);
    showChoice();
  };
  const unchoose = () => {
    if (!chosen) return;
    for (let index = chosen.from; index < chosen.to; index += 1) spans[index].classList.remove("chosen");
    chosen = null;
    paint("word", []);
    $("choice").hidden = true;
    document.querySelector(".to-draft").style.visibility = "";
  };
  const quoteChosen = () => {
    const known = pickedAs(), topic = $("choice-topic").value;
    if (known) {
      drop(known);
      changed(null, "Removed from the draft.");
    } else {
      // Nothing is quoted twice.
      const instead = overlapped();
      instead.forEach(drop);
      const pick = newPick(topic, chosen.from, chosen.to, instead.map((each) => each.remark).filter(Boolean).join("\n"));
      settle(pick);
      lastTopic = topic;
      changed(null, `Quoted under ${topics.get(topic).title}, ${clock(pick.start)}.`);
    }
    cards.forEach(showCard);
  };
  const listen = () => { if (audio && chosen) playSpan(timeOf(chosen.at, word), null, null); };
  const spanAround = (element) => (element instanceof Element ? element : element?.parentElement)?.closest(".s");
  $("transcript").addEventListener("pointerup", (event) => {
    const selection = getSelection();
    if (!selection.isCollapsed) {
      const range = selection.getRangeAt(0), inside = spans.filter((span) => range.intersectsNode(span));
      if (inside.length > 1 && range.endOffset === 0 && spanAround(range.endContainer) === inside.at(-1)) inside.pop();
      const first = Number(inside[0]?.dataset.i);
      if (!inside.length) return;
      const number = spanAround(range.startContainer) === inside[0] ? wordAt(first, range.startOffset) : 0;
      const last = spanAround(range.endContainer) === inside[0] ? wordAt(first, range.endOffset - 1) : inside.length > 1 ? number : wordsOf(first).length - 1;
      choose(first, Number(inside.at(-1).dataset.i) + 1, first, number, last);
      return;
    }
    const span = spanAround(event.target);
    if (!span) return;
    const index = Number(span.dataset.i);
    const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const range = place ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const offset = place ? place.offset : range ? range.startOffset : 0;
    const number = wordAt(index, offset);
    if (event.shiftKey && chosen) choose(Math.min(index, chosen.from), Math.max(index + 1, chosen.to), index, number);
    else choose(index, index + 1, index, number);
    span.focus({ preventScroll: true });
  });
  $("transcript").addEventListener("keydown", (event) => {
    const span = spanAround(event.target);
    if (!span) return;
    const index = Number(span.dataset.i);
    const { from, to } = chosen || { from: index, to: index + 1 };
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = Math.min(said.length - 1, Math.max(0, index + step));
      if (event.shiftKey) choose(step < 0 ? Math.min(from, next) : from, step > 0 ? Math.max(to, next + 1) : to, next, 0);
      else choose(next, next + 1, next, 0);
    } else if (turn) {
      const next = Math.min(wordsOf(index).length - 1, Math.max(0, (event.shiftKey ? lastWord : word) + turn));
      if (event.shiftKey) choose(from, to, index, Math.min(word, next), next); else choose(from, to, index, next);
    }
    else if (event.key === "Enter") { if (!chosen) choose(index, index + 1, index, 0); quoteChosen(); }
    else if (event.key === " ") { if (!chosen) choose(index, index + 1, index, 0); listen(); }
    else if (event.key === "Escape") unchoose();
    else if (event.key.toLowerCase() === "c" && $("mend") && !(event.ctrlKey || event.metaKey || event.altKey)) { if (!chosen) choose(index, index + 1, index, 0); openMending(); }
    else return;
    event.preventDefault();
    if (!chosen) return;
    spans[chosen.at].focus();
    if (step || turn) $("spoken").textContent = turn ? wordsChosen().text : said[chosen.at].text;
  });
  $("choice-topic").append(...data.topics.map((topic) => { const option = node("option", topic.title); option.value = topic.id; return option; }));
  $("choice-topic").addEventListener("change", showChoice);
  $("quote").addEventListener("click", quoteChosen);
  $("unchoose").addEventListener("click", () => { const { at } = chosen; unchoose(); spans[at].focus({ preventScroll: true }); });
  if ($("listen")) $("listen").addEventListener("click", listen);
  document.querySelectorAll("[data-choose]").forEach((each) => each.addEventListener("click", () => {
    const [a, b] = moves[each.dataset.choose], from = chosen.from + a, to = chosen.to + b;
    choose(from, to, Math.min(to - 1, Math.max(from, chosen.at)), 0);
  }));
  const showSaid = (index) => {
    open(1);
    choose(index, index + 1, index, 0);
    spans[index].scrollIntoView({ block: "center" });
    spans[index].focus({ preventScroll: true });
  };
  const showPassage = (id) => {
    open(0);
    const card = cards.find((each) => each.dataset.id === id);
    card.hidden = false;
    card.scrollIntoView({ block: "center" });
    (card.querySelector(".play") || card.querySelector(".more")).focus({ preventScroll: true });
  };
  // Find: every place is painted, the current one is brought into sight.
  let places = [], at = -1;
  const goTo = (step) => {
    if (!places.length) return;
    at = (at + step + places.length) % places.length;
    paint("current", [places[at]]);
    $("found").textContent = `${at + 1} of ${places.length}`;
    places[at].startContainer.parentElement.scrollIntoView({ block: "center" });
  };
  const find = () => {
    const wanted = $("find").value.trim().toLowerCase();
    places = [];
    at = -1;
    if (wanted.length > 1) spans.forEach((span, index) => {
      const low = said[index].text.toLowerCase();
      // Letters that change their length in lower case would move the places.
      if (low.length !== said[index].text.length) return;
      for (let start = low.indexOf(wanted); start >= 0; start = low.indexOf(wanted, start + wanted.length)) {
        const range = new Range();
        range.setStart(span.firstChild, start);
        range.setEnd(span.firstChild, start + wanted.length);
        places.push(range);
      }
    });
    paint("found", places);
    paint("current", []);
    $("found").textContent = wanted.length > 1 ? `${places.length || "no"} ${places.length === 1 ? "place" : "places"}` : "";
  };
  $("find").addEventListener("input", find);
  $("find").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); goTo(event.shiftKey ? -1 : 1); } });
  $("find-on").addEventListener("click", () => goTo(1));
  $("find-back").addEventListener("click", () => goTo(-1));

  // ----------------------------------------------------------------------------------------------- with the library
  const showVoices = () => {
    document.querySelectorAll(".voice[data-voice]").forEach((each) => { each.textContent = voices[each.dataset.voice].name || "a speaker"; });
    document.querySelectorAll(".rename").forEach((each) => {
      const voice = voices[each.dataset.voice];
      each.setAttribute("aria-label", `Rename ${voice.name || voice.label}`);
    });
  };
  const takeVoices = (named) => {
    // Where two became one, the page counts on: their sentences have the old numbers.
    if (named.length !== voices.length) { location.reload(); return; }
    if (same(named, voices.map(({ label, name }) => [label, name]))) return;
    named.forEach(([label, name], number) => Object.assign(voices[number], { label, name }));
    showVoices();
    draw();
  };
  const ended = (error) => (error instanceof TypeError ? "podnotes review has ended; run it again." : error.message);
  // Corrected sentences are put in where they stand; only where sentences begin elsewhere the page is loaded again.
  let mended = 0;
  const keepUp = (held) => {
    if (held.edition !== data.edition) { location.reload(); return; }
    const fresh = held.mended.slice(mended);
    if (!fresh.length) return;
    mended = held.mended.length;
    for (const [index, sentence] of fresh) {
      said[index] = sentence;
      spans[index].lastChild.data = sentence.text;
    }
    cards.forEach(showCard);
    draw();
    find();
  };
  // Characters of a sentence as they were heard, with whole corrections.
  const asHeard = ({ text: all, corrected = [] }, first, last) => {
    const inside = corrected.filter(([from, to]) => from < last && first < to);
    let at = Math.min(first, ...inside.map(([from]) => from)), heard = "";
    for (const [from, to, words] of inside) { heard += all.slice(at, from) + words; at = to; }
    return heard + all.slice(at, Math.max(at, last));
  };
  let mending = null;
  const openMending = () => {
    const index = chosen.at, words = wordsChosen(), now = bare(words.text), first = words.first + words.text.indexOf(now);
    const heard = asHeard(said[index], first, first + now.length);
    mending = { at: timeOf(index, words.number), heard };
    $("mending-heard").value = heard;
    $("mending-right").value = heard === now ? "" : now;
    $("mending-note").textContent = heard === now ? "If several words were misheard together, put all of them into the first field." : `It was heard as “${heard}” and corrected.`;
    $("mending-undo").hidden = heard === now;
    $("mending-where").value = "episode";
    $("mending-where").querySelector("[value=here]").textContent = `only here, at ${clock(mending.at)}`;
    $("mending-status").textContent = "";
    $("mending").showModal();
    $("mending-right").focus();
  };
  const mend = async (right) => {
    const heard = $("mending-heard").value.trim(), where = $("mending-where").value;
    try {
      const held = await post("correct", { heard, right: right ?? $("mending-right").value.trim(), at: mending.at, where });
      $("mending").close();
      take(held);
      say(held.places ? `Corrected, at ${held.places} ${held.places === 1 ? "place" : "places"}, in the library too.` : "The correction was undone.");
    } catch (error) { $("mending-status").textContent = ended(error); }
  };

  // The doubtful words of the quotes, one after another.
  const passed = new Set(), steps = [];
  let proofing = null, answers = Promise.resolve();
  const nameOf = (item) => `${item.index} ${item.at}`;
  const doubtful = () => {
    const found = new Map();
    for (const { from, to } of state.picks) for (let index = from; index < to; index += 1) {
      for (const [first, last, at, end] of said[index].doubts || []) {
        const raw = said[index].text.slice(first, last), heard = bare(raw), item = { index, first: first + raw.indexOf(heard), heard, at, end };
        if (/[\p{L}\p{N}]/u.test(heard)) found.set(nameOf(item), item);
      }
    }
    return [...found.values()];
  };
  const countDoubtful = () => {
    const number = doubtful().length;
    $("proof").hidden = !number;
    $("proof").textContent = `Check ${number} doubtful ${number === 1 ? "word" : "words"}`;
  };
  const others = (heard) => {
    const flat = (words) => ` ${words.toLowerCase().split(/\s+/).map(bare).join(" ")} `, wanted = flat(heard);
    let number = -1;
    for (const sentence of said) for (let all = flat(sentence.text), at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) number += 1;
    return number;
  };
  const hear = () => { if (audio && proofing) playSpan(Math.max(0, proofing.at - 1), proofing.end + 1, null); };
  const showProof = (item) => {
    const rest = doubtful().filter((each) => !passed.has(nameOf(each))), more = rest.length;
    proofing = item || rest[0] || null;
    if (!proofing) { $("proofing").close(); say(steps.some((step) => step.right === undefined) ? "The others are left for later." : "Your quotes have no more doubtful words."); return; }
    const { index, heard, at, right = heard } = proofing, all = said[index].text;
    const first = all.startsWith(right, proofing.first) ? proofing.first : Math.max(0, all.indexOf(right)), mark = node("mark", all.slice(first, first + right.length));
    $("proofing-place").textContent = `${clock(at)}; ${item ? "answered before" : more === 1 ? "the last one" : `${more} to go`}`;
    $("proofing-words").replaceChildren(all.slice(0, first), mark, all.slice(first + right.length));
    $("proofing-heard").textContent = heard;
    $("proofing-right").value = right === heard ? "" : right;
    const elsewhere = others(heard);
    $("proofing-all").hidden = elsewhere < 1;
    $("proofing-everywhere").checked = false;
    $("proofing-others").textContent = `and so at ${elsewhere === 1 ? "the other place" : `the ${elsewhere} other places`} where it is heard`;
    $("proofing-back").disabled = !steps.length;
    $("proofing-right").focus();
    hear();
  };
  const answer = () => {
    const item = proofing, right = $("proofing-right").value.trim() || item.heard;
    if (!/[\p{L}\p{N}]/u.test(right)) { say("Type the correct words, or press Enter if they are right."); return; }
    const where = right !== item.heard && $("proofing-everywhere").checked ? "episode" : "here";
    passed.add(nameOf(item));
    steps.push({ ...item, right });
    say("");
    answers = answers.then(() => post("correct", { heard: item.heard, right, at: item.at, where })).then(take, (error) => {
      passed.delete(nameOf(item));
      say(`“${item.heard}” was not kept: ${ended(error)}`);
    });
    showProof();
  };
  const later = () => { passed.add(nameOf(proofing)); steps.push(proofing); showProof(); };
  const back = () => { if (steps.length) { const item = steps.pop(); passed.delete(nameOf(item)); showProof(item); } };
  if (data.served) {
    $("mend").addEventListener("click", openMending);
    $("mending-save").addEventListener("click", () => mend());
    $("mending-undo").addEventListener("click", () => mend(mending.heard));
    $("mending-close").addEventListener("click", () => $("mending").close());
    if ($("mending-listen")) $("mending-listen").addEventListener("click", () => playSpan(Math.max(0, mending.at - 1), mending.at + 2, null));
    for (const id of ["mending-heard", "mending-right"]) $(id).addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); mend(); } });
    $("proof").addEventListener("click", () => {
      passed.clear();
      steps.length = 0;
      $("proofing").showModal();
      say("");
      showProof();
    });
    $("proofing-right").addEventListener("keydown", (event) => {
      const act = { Enter: answer, ArrowDown: later, ArrowUp: back, " ": $("proofing-right").value ? null : hear }[event.key];
      if (act && !event.isComposing) { event.preventDefault(); act(); }
    });
    $("proofing-right").addEventListener("input", () => { $("proofing-keep").textContent = $("proofing-right").value.trim() ? "Correct" : "Right"; });
    $("proofing-keep").addEventListener("click", answer);
    $("proofing-later").addEventListener("click", later);
    $("proofing-back").addEventListener("click", back);
    $("proofing-close").addEventListener("click", () => $("proofing").close());
    $("proofing").addEventListener("close", () => { if (audio) audio.pause(); ($("proof").hidden ? $("write") : $("proof")).focus(); });
    if ($("proofing-listen")) $("proofing-listen").addEventListener("click", () => { hear(); $("proofing-right").focus(); });
    $("write").addEventListener("click", async () => {
      say("Saving …");
      try {
        await save();
        if (unsaved()) await save();
        if (unsaved()) { say("The draft was not saved, because your picks could not be saved."); return; }
        const { drafts } = await post("draft", {});
        const outcomes = {
          new: "Saved as PATH.", updated: "Updated: PATH.", unchanged: "Nothing has changed since PATH was saved.",
          beside: "You edited EDITED, so it was left alone; the new draft is beside it: PATH.", "kept away": "You deleted PATH, so it was not written again; Download gives you the draft.",
        };
        say(drafts.map((draft) => outcomes[draft.outcome].replace("PATH", () => draft.path).replace("EDITED", () => draft.left_alone)).join(" ") || "Nothing was picked or found, so there is no draft.");
      } catch (error) { say(ended(error)); }
    });
    let renamed = null;
    document.querySelectorAll(".rename").forEach((each) => each.addEventListener("click", () => {
      renamed = voices[each.dataset.voice];
      $("naming-name").value = renamed.name || "";
      $("naming-reason").textContent = renamed.reason;
      $("naming-show").hidden = !renamed.show;
      $("naming").showModal();
    }));
    const rename = async () => {
      const name = $("naming-name").value.trim();
      if (!name) return;
      $("naming").close();
      try {
        takeVoices((await post("speaker", { label: renamed.label, name, everywhere: renamed.show && $("naming-all").checked })).voices);
        say("Renamed, in the library too.");
      } catch (error) { say(ended(error)); }
    };
    $("naming-save").addEventListener("click", rename);
    $("naming-name").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); rename(); } });
    $("naming-close").addEventListener("click", () => $("naming").close());
    const events = new EventSource("events");
    events.addEventListener("message", (event) => {
      const held = JSON.parse(event.data);
      take(held);
      takeVoices(held.voices);
    });
    addEventListener("pagehide", () => { const changes = unsaved(); if (changes) post("changes", changes).catch(() => {}); });
    addEventListener("beforeunload", (event) => { if ($("kept").classList.contains("lost") && unsaved()) event.preventDefault(); });
  } else {
    try {
      const kept = JSON.parse(localStorage.getItem(data.key));
      if (kept) merge(restored(kept));
    } catch { /* private windows refuse; the page works without */ }
  }

  // The way to the draft is in the way once it is there.
  new IntersectionObserver(([entry]) => { document.querySelector(".to-draft").hidden = entry.isIntersecting; }).observe($("preview"));
  const measure = () => document.documentElement.style.setProperty("--below-player", `${document.querySelector(".player").offsetHeight + 8}px`);
  addEventListener("resize", measure);
  measure();
  transcript();
  showAll();
  // Loaded again, the page stands where it stood.
  const position = () => {
    const bottom = document.querySelector(".player").getBoundingClientRect().bottom;
    let low = 0, high = spans.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (spans[middle].getBoundingClientRect().bottom < bottom) low = middle + 1; else high = middle;
    }
    return said[low].start;
  };
  try {
    const kept = `${data.key} position`, before = JSON.parse(sessionStorage.getItem(kept));
    addEventListener("pagehide", () => {
      const whole = !panels[1].hidden && spans.length;
      sessionStorage.setItem(kept, JSON.stringify(whole ? { at: position(), chosen: chosen && said[chosen.at].start } : null));
    });
    if (before && spans.length) {
      history.scrollRestoration = "manual";
      open(1);
      spans[sentenceAt(before.at)].scrollIntoView({ block: "start", behavior: "instant" });
      if (before.chosen !== null) {
        const index = sentenceAt(before.chosen);
        choose(index, index + 1, index, 0);
        spans[index].focus({ preventScroll: true });
      }
    }
  } catch { /* as above */ }
})();
