using System.Globalization;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>A folder of this machine. What was taken goes to <c>done/</c>, what could not be to <c>failed/</c> with its reason beside it.</summary>
internal sealed class FolderPlace(PickupSettings settings) : IFilePlace
{
    private readonly string _path = settings["path"];

    public bool GrowsInPlace => true;

    public Task<IReadOnlyList<PlacedFile>> ListAsync(CancellationToken cancel)
    {
        if (!Directory.Exists(_path)) throw new BadInputException($"There is no folder '{_path}'.");
        try
        {
            return Task.FromResult<IReadOnlyList<PlacedFile>>([.. new DirectoryInfo(_path).EnumerateFiles()
                .Where(f => !f.Name.StartsWith('.') && !f.Attributes.HasFlag(FileAttributes.ReparsePoint) && settings.Wants(f.Name))
                .OrderBy(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal)
                .Select(f => new PlacedFile(f.Name, f.Length, string.Create(CultureInfo.InvariantCulture, $"{f.Length}-{f.LastWriteTimeUtc.Ticks}")))]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The folder '{_path}' cannot be read ({fault.Message}).", fault);
        }
    }

    public Task<Stream> OpenAsync(PlacedFile file, CancellationToken cancel) =>
        Task.FromResult<Stream>(new FileStream(Path.Combine(_path, file.Name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan));

    public async Task EndAsync(PlacedFile file, string? fault, CancellationToken cancel)
    {
        var from = Path.Combine(_path, file.Name);
        if (!File.Exists(from)) return;
        var folder = Directory.CreateDirectory(Path.Combine(_path, fault is null ? "done" : "failed")).FullName;
        var to = Path.Combine(folder, file.Name);
        for (var n = 2; File.Exists(to); n++) to = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(file.Name)} ({n}){Path.GetExtension(file.Name)}"));
        if (fault is not null) await File.WriteAllTextAsync(to + ".reason.txt", fault + Environment.NewLine, cancel);
        File.Move(from, to);
    }

    public void Dispose() { }
}
