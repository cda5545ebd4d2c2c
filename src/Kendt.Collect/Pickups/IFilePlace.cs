namespace Kendt.Collect;

/// <summary>A file that lies somewhere to be fetched.</summary>
/// <param name="Name">Its path from the place's beginning.</param>
/// <param name="Tag">Changes when the file changes: an ETag, or size and time.</param>
public sealed record PlacedFile(string Name, long Size, string Tag);

/// <summary>A place that files are fetched from: a folder, a bucket, a container, a server.</summary>
public interface IFilePlace : IDisposable
{
    /// <summary>Files may be seen while they are being written: one is taken when two looks see the same.</summary>
    bool GrowsInPlace { get; }

    /// <summary>All files that are there now, without those in folders below where that means something.</summary>
    /// <exception cref="Kendt.Model.BadInputException">The place cannot be reached as it is set up; the message says what to mend.</exception>
    Task<IReadOnlyList<PlacedFile>> ListAsync(CancellationToken cancel);

    Task<Stream> OpenAsync(PlacedFile file, CancellationToken cancel);

    /// <summary>Tells the place what became of a file.</summary>
    /// <param name="fault">Why it could not be taken; null if it was.</param>
    Task EndAsync(PlacedFile file, string? fault, CancellationToken cancel);
}
