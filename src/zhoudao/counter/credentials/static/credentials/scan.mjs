// Reading a QR code from the camera or a picture: by the browser's BarcodeDetector where there is one, else by jsQR.

const LARGEST_SIDE = 1600; // pixels of a picture that is looked at; more only costs time
const PAUSE_MS = 120;

/** The text of the first QR code in an image, video or bitmap; null when there is none. */
async function readFrom(source, width, height) {
  const detected = await detect(source);
  if (detected) return detected;
  const scale = Math.min(1, LARGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height);
  const pixels = drawing.getImageData(0, 0, canvas.width, canvas.height);
  return globalThis.jsQR?.(pixels.data, pixels.width, pixels.height)?.data || null;
}

async function detect(source) {
  if (!("BarcodeDetector" in globalThis)) return null;
  try {
    const [first] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(source);
    return first?.rawValue || null;
  } catch {
    return null; // the interface is there, but the system behind it isn't
  }
}

/** The text of the code in a picture file; null when there is none, or it is no picture. */
export async function readPicture(file) {
  try {
    const bitmap = await createImageBitmap(file);
    return await readFrom(bitmap, bitmap.width, bitmap.height);
  } catch {
    return null;
  }
}

/** Show the camera in `video` and call `found(text)` with the first code. Returns a function that stops. Rejects when
 * there is no camera, or it isn't allowed. */
export async function watchCamera(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let stopped = false;
  const stop = () => {
    stopped = true;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play();
  (async () => {
    while (!stopped) {
      const text = video.videoWidth ? await readFrom(video, video.videoWidth, video.videoHeight) : null;
      if (text && !stopped) {
        stop();
        found(text);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return stop;
}
