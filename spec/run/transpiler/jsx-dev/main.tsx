console.log(JSON.stringify(<p key="k" id="i">text</p>));
