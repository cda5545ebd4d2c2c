using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>A bucket of S3, or of anything that speaks its language (MinIO, Ceph, R2 ...).</summary>
internal sealed class S3Place(PickupSettings settings) : IFilePlace
{
    private const int MostFiles = 100_000;

    private readonly AmazonS3Client _client = new(new BasicAWSCredentials(settings["accessKey"], settings["secretKey"]), Config(settings));

    public bool GrowsInPlace => false;

    public async Task<IReadOnlyList<PlacedFile>> ListAsync(CancellationToken cancel)
    {
        var files = new List<PlacedFile>();
        var request = new ListObjectsV2Request { BucketName = settings["bucket"], Prefix = settings.Find("prefix") };
        try
        {
            ListObjectsV2Response page;
            do
            {
                page = await _client.ListObjectsV2Async(request, cancel);
                files.AddRange((page.S3Objects ?? []).Where(o => !o.Key.EndsWith('/') && settings.Wants(o.Key)).Select(o => new PlacedFile(o.Key, o.Size ?? 0, o.ETag ?? "")));
                request.ContinuationToken = page.NextContinuationToken;
            }
            while (page.IsTruncated == true && files.Count < MostFiles);
        }
        catch (Exception fault) when (fault is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new BadInputException($"The bucket '{settings["bucket"]}' cannot be read ({fault.Message}). Check endpoint, region and keys.", fault);
        }
        return files;
    }

    public async Task<Stream> OpenAsync(PlacedFile file, CancellationToken cancel)
    {
        try
        {
            // The very version that was listed: one that was written over since is another file.
            return (await _client.GetObjectAsync(new GetObjectRequest { BucketName = settings["bucket"], Key = file.Name, EtagToMatch = file.Tag.Length > 0 ? file.Tag : null }, cancel)).ResponseStream;
        }
        catch (Exception fault) when (fault is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new IOException($"'{file.Name}' cannot be fetched ({fault.Message}).", fault);
        }
    }

    public Task EndAsync(PlacedFile file, string? fault, CancellationToken cancel) => Task.CompletedTask;

    public void Dispose() => _client.Dispose();

    private static AmazonS3Config Config(PickupSettings settings)
    {
        var region = settings.Find("region") ?? "eu-central-1";
        return settings.Find("endpoint") is { } endpoint
            ? new() { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = region, MaxErrorRetry = 2 }
            : new() { RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region), MaxErrorRetry = 2 };
    }
}
