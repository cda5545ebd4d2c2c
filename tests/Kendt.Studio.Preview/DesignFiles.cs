using Kendt.Collect;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Files that are brought to the preview are truly looked at; importing them does nothing.</summary>
public sealed class DesignFiles : IFileDesk, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kendt-design-").FullName;
    private readonly Dictionary<Guid, string> names = [];

    /// <summary>The mappings that files were imported by.</summary>
    public List<string> Imported { get; } = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public async Task<Guid> StageAsync(string fileName, Stream content, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        await using var file = File.Create(Path.Combine(folder, id.ToString()));
        await content.CopyToAsync(file, cancel);
        names[id] = fileName;
        return id;
    }

    public Task<FileLook?> LookAsync(Guid file, string source, FileFormat? format, CancellationToken cancel) => Task.FromResult(names.TryGetValue(file, out var name)
        ? new FileLook(file, Previews.Look(Path.Combine(folder, file.ToString()), name, source.Length > 0 ? source : "members", format, cancel), null) : null);

    public Task<JobId> ImportAsync(Guid file, string source, string mapping, string actor, CancellationToken cancel)
    {
        Imported.Add(mapping);
        return Task.FromResult(JobId.New(TimeProvider.System));
    }
}
