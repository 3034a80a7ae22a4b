// Chrome is not downloaded at install: whatsapp-web.js is given a browser by its user.
module.exports = { skipDownload: true }
