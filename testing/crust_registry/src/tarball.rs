//! Tarballs as npm packs them.

/// A gzip file.
pub fn gzip(data: &[u8]) -> Vec<u8> {
    let level = libdeflater::CompressionLvl::new(1).expect("a level of libdeflate");
    let mut compressor = libdeflater::Compressor::new(level);
    let mut out = vec![0; compressor.gzip_compress_bound(data.len())];
    let length = compressor
        .gzip_compress(data, &mut out)
        .expect("a buffer that is large enough");
    out.truncate(length);
    out
}

/// A compressed tarball of files below `package/`. Paths are taken as they are, also bad ones.
pub fn tarball(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        let is_program = content.starts_with(b"#!");
        header.set_mode(if is_program { 0o755 } else { 0o644 });
        let path = format!("package/{path}");
        // The safe setter refuses some of the paths that tests are about.
        for (slot, byte) in header.as_mut_bytes().iter_mut().zip(path.bytes().take(100)) {
            *slot = byte;
        }
        header.set_cksum();
        builder
            .append(&header, content.as_slice())
            .expect("writing into memory");
    }
    gzip(&builder.into_inner().expect("writing into memory"))
}
