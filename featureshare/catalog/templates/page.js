"use strict";
const form = document.querySelector("form");
const cards = [...document.querySelectorAll("article")];
const count = document.querySelector("#count");

function show() {
  const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const owner = form.elements.owner.value;
  const level = form.elements.class.value;
  let shown = 0;
  for (const card of cards) {
    const text = card.dataset.text;
    const fits = words.every((word) => text.includes(word)) && (!owner || card.dataset.owner === owner)
      && (!level || card.dataset.class === level);
    card.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  count.textContent = shown === cards.length ? `${shown} feature groups` : `${shown} of ${cards.length} feature groups`;
}

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target && target.querySelector("details");
  if (details) {
    details.open = true;
    target.scrollIntoView();
  }
}

form.hidden = false;
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", open);
show();
open();
