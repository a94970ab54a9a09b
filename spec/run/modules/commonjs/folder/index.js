module.exports = { from: "folder/index.js" };
