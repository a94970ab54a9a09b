console.log(typeof (Bun as any).s3, typeof (Bun as any).S3Client, "s3" in Bun);
