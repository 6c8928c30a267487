// Chosen photos: shown, taken off one by one, and made smaller before they travel. Without this the form sends them as they are.
const EDGE = 1600;
const QUALITY = 0.86;

async function shrink(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file; // the server says what is wrong with it
  }
}

export function takePhotos(box) {
  const input = box.querySelector("input[type=file]");
  const row = box.querySelector(".photo-row");
  const add = box.querySelector(".photo-add");
  const most = Number(box.dataset.max);
  let kept = [];

  const show = () => {
    const files = new DataTransfer();
    kept.forEach((file) => files.items.add(file));
    input.files = files.files;
    row.querySelectorAll("figure").forEach((figure) => figure.remove());
    kept.forEach((file, place) => {
      const figure = document.createElement("figure");
      const image = document.createElement("img");
      image.alt = "";
      image.src = URL.createObjectURL(file);
      image.onload = () => URL.revokeObjectURL(image.src);
      const off = document.createElement("button");
      off.type = "button";
      off.textContent = "×";
      off.setAttribute("aria-label", `${place + 1} ×`);
      off.addEventListener("click", () => {
        kept = kept.filter((_, index) => index !== place);
        show();
      });
      figure.append(image, off);
      row.insertBefore(figure, add);
    });
    add.hidden = kept.length >= most;
  };

  input.addEventListener("change", async () => {
    const chosen = [...input.files].filter((file) => !kept.includes(file)).slice(0, most - kept.length);
    kept = [...kept, ...(await Promise.all(chosen.map(shrink)))];
    show();
  });
}
