using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>A container of Azure Blob Storage.</summary>
internal sealed class AzurePlace(PickupSettings settings) : IFilePlace
{
    private const int MostFiles = 100_000;

    private readonly BlobContainerClient _container = Client(settings);

    public bool GrowsInPlace => false;

    public async Task<IReadOnlyList<PlacedFile>> ListAsync(CancellationToken cancel)
    {
        var files = new List<PlacedFile>();
        try
        {
            await foreach (var blob in _container.GetBlobsAsync(new GetBlobsOptions { Prefix = settings.Find("prefix") }, cancel))
            {
                if (settings.Wants(blob.Name)) files.Add(new(blob.Name, blob.Properties.ContentLength ?? 0, blob.Properties.ETag?.ToString() ?? ""));
                if (files.Count >= MostFiles) break;
            }
        }
        catch (Exception fault) when (fault is RequestFailedException or AggregateException)
        {
            throw new BadInputException($"The container '{settings["container"]}' cannot be read ({Short(fault)}). Check its address and its key.", fault);
        }
        return files;
    }

    public async Task<Stream> OpenAsync(PlacedFile file, CancellationToken cancel)
    {
        try
        {
            var options = new BlobDownloadOptions { Conditions = file.Tag.Length > 0 ? new() { IfMatch = new ETag(file.Tag) } : null };
            return (await _container.GetBlobClient(file.Name).DownloadStreamingAsync(options, cancel)).Value.Content;
        }
        catch (Exception fault) when (fault is RequestFailedException or AggregateException)
        {
            throw new IOException($"'{file.Name}' cannot be fetched ({Short(fault)}).", fault);
        }
    }

    public Task EndAsync(PlacedFile file, string? fault, CancellationToken cancel) => Task.CompletedTask;

    public void Dispose() { }

    // The library's messages go on with headers; their first line says it.
    private static string Short(Exception fault) => fault.Message.Split('\n')[0].Trim();

    private static BlobContainerClient Client(PickupSettings settings)
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 2 } };
        try
        {
            return settings.Find("connection") is { } connection ? new(connection, settings["container"], options) : new(new Uri(settings["address"]), options);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            throw new BadInputException("connection is no connection string of Azure Storage.", fault);
        }
    }
}
