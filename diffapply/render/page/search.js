// Finds tenants. Without it, all of them are listed.
for (const box of document.querySelectorAll(".search")) {
  const input = box.querySelector("input");
  const count = box.querySelector("output");
  const rows = [...box.parentElement.querySelectorAll("tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const find = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    rows.forEach((row, number) => {
      const fits = words.every((word) => texts[number].includes(word));
      row.hidden = !fits;
      found += fits;
    });
    count.textContent = words.length ? `${found.toLocaleString("en")} found` : "";
  };
  input.addEventListener("input", find);
  box.hidden = false;
  find();
}
