-- wrk: one kilobyte of text.
wrk.method = "POST"
wrk.headers["Content-Type"] = "text/plain"
wrk.body = string.rep("abcdefgh", 128)
