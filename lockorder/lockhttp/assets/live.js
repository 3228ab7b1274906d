// Refreshes the part of the page that changes. A section that says the same as before
// is left alone, so that nothing flickers; one that is replaced keeps what is open, where it
// is scrolled to and what has the focus. While text is selected nothing is replaced.
"use strict";
(() => {
	const parts = document.getElementById("parts");
	const pause = document.getElementById("pause");
	const clock = document.getElementById("clock");
	const trouble = document.getElementById("trouble");
	const every = 1000;
	const served = new Map([...parts.children].map(s => [s.id, s.outerHTML]));
	let paused = false, answered = new Date();

	const time = t => t.toLocaleTimeString();
	const say = text => {
		if (trouble.textContent !== text) trouble.textContent = text;
		trouble.hidden = text === "";
	};

	function keep(old, next) {
		for (const d of old.querySelectorAll("details[open][id]")) {
			const again = next.querySelector("#" + CSS.escape(d.id));
			if (again) again.open = true;
		}
		return [...old.querySelectorAll("[id]")]
			.map(e => [e.id, e.scrollLeft, e.scrollTop])
			.filter(([id, left, top]) => id && (left || top));
	}

	function replace(old, next) {
		const scrolled = keep(old, next);
		const focus = old.contains(document.activeElement) ? path(old, document.activeElement) : null;
		old.replaceWith(next);
		for (const [id, left, top] of scrolled) {
			const e = document.getElementById(id);
			if (e) { e.scrollLeft = left; e.scrollTop = top; }
		}
		if (focus) {
			const e = focus.reduce((at, k) => at && at.children[k], next);
			if (e) e.focus({ preventScroll: true });
		}
	}

	// path leads from a section to something in it.
	function path(from, to) {
		const way = [];
		for (let e = to; e !== from; e = e.parentElement) way.unshift([...e.parentElement.children].indexOf(e));
		return way;
	}

	function show(html) {
		const next = [...new DOMParser().parseFromString(html, "text/html").body.children];
		const ids = next.map(s => s.id).join(" ");
		const same = ids === [...parts.children].map(s => s.id).join(" ");
		if (!same) {
			// Sections come and go: those that stay are moved as little as can be.
			for (const old of [...parts.children]) {
				if (!next.some(s => s.id === old.id)) { old.remove(); served.delete(old.id); }
			}
			next.forEach((s, i) => {
				if (!s.id || document.getElementById(s.id)) return;
				served.set(s.id, s.outerHTML);
				parts.insertBefore(s.cloneNode(true), parts.children[i] || null);
			});
		}
		for (const s of next) {
			const html = s.outerHTML, old = document.getElementById(s.id);
			if (!old || served.get(s.id) === html) continue;
			served.set(s.id, html);
			replace(old, s);
		}
	}

	const selecting = () => {
		const s = getSelection();
		return s && !s.isCollapsed && parts.contains(s.anchorNode);
	};

	async function refresh() {
		if (paused || document.hidden || selecting()) return;
		try {
			const answer = await fetch("?part", { cache: "no-store", signal: AbortSignal.timeout(10000) });
			if (!answer.ok) throw new Error(answer.status + " " + answer.statusText);
			const html = await answer.text();
			if (paused || selecting()) return;
			show(html);
			answered = new Date();
			clock.textContent = "as of " + time(answered);
			document.body.classList.remove("stale");
			say("");
		} catch (e) {
			document.body.classList.add("stale");
			say("The program has not answered since " + time(answered) + ". This is what it said then.");
		}
	}

	pause.hidden = false;
	clock.textContent = "as of " + time(answered);
	pause.addEventListener("click", () => {
		paused = !paused;
		pause.textContent = paused ? "Go on" : "Pause";
		document.body.classList.toggle("paused", paused);
		if (!paused) refresh();
	});
	document.addEventListener("visibilitychange", refresh);
	(async () => {
		for (;;) {
			await new Promise(r => setTimeout(r, every));
			await refresh();
		}
	})();
})();
