using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>Where a person brings a file, sees what it is, and says what it means.</summary>
public interface IFileDesk
{
    /// <summary>Keeps a file until it is imported, for some hours.</summary>
    /// <returns>What it is found by.</returns>
    Task<Guid> StageAsync(string fileName, Stream content, CancellationToken cancel);

    /// <summary>What the file seems to be; null if it is no longer kept.</summary>
    /// <param name="source">The source that it is to be of; empty: one is proposed.</param>
    /// <param name="format">How it is written, where the person says so.</param>
    /// <exception cref="BadInputException">The file cannot be read; the message is shown.</exception>
    Task<FileLook?> LookAsync(Guid file, string source, FileFormat? format, CancellationToken cancel);

    /// <summary>Takes the file in by the mapping, which the source keeps from then on.</summary>
    /// <param name="mapping">YAML; empty for messages of the tracking API.</param>
    /// <exception cref="BadInputException">The mapping does not fit; the message is shown.</exception>
    Task<JobId> ImportAsync(Guid file, string source, string mapping, string actor, CancellationToken cancel);
}

/// <summary>A file that was brought, as it was seen.</summary>
/// <param name="Kept">The mapping that the source keeps for such files, as YAML; null if it keeps none.</param>
public sealed record FileLook(Guid File, FilePreview Preview, string? Kept);
