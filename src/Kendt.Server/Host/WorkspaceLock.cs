using System.Text.Json;
using Kendt.Model;

namespace Kendt.Server.Host;

/// <summary>Where the server that has a workspace open is reached, and the key that its own commands show.</summary>
public sealed record RunningServer(int ProcessId, Uri Address, string Key);

/// <summary>
/// Only one program has a workspace open. The lock is the operating system's, so it ends with the process however that
/// ends; beside it lies the address at which the others find it.
/// </summary>
public sealed class WorkspaceLock : IDisposable
{
    private const string LockName = "kendt.lock", AddressName = "server.json";

    private readonly FileStream _lock;
    private readonly string _address;

    private WorkspaceLock(FileStream stream, string address) => (_lock, _address) = (stream, address);

    /// <summary>The lock, or null if another process holds it.</summary>
    /// <exception cref="CannotException">The folder cannot be written to.</exception>
    public static WorkspaceLock? TryTake(string folder)
    {
        var path = Path.Combine(folder, LockName);
        try
        {
            Directory.CreateDirectory(folder);
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.Delete(Path.Combine(folder, AddressName));
            return new(stream, Path.Combine(folder, AddressName));
        }
        catch (IOException) when (File.Exists(path) && Writable(path))
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CannotException($"The folder '{folder}' cannot be written to ({fault.Message}). Choose another with --data DIR, or change its rights.", fault);
        }
    }

    /// <summary>Says where this server is reached. Only the owner of the folder may read it.</summary>
    public void Announce(RunningServer server)
    {
        var temporary = _address + ".new";
        var mine = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) mine.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, mine)) JsonSerializer.Serialize(file, server);
        File.Move(temporary, _address, overwrite: true);
    }

    /// <summary>Waits until the process that holds the workspace says where it is.</summary>
    /// <exception cref="CannotException">It does not say so in time.</exception>
    public static async Task<RunningServer> FindAsync(string folder, CancellationToken cancel)
    {
        var path = Path.Combine(folder, AddressName);
        for (var tries = 0; tries < 150; tries++)
        {
            try
            {
                if (JsonSerializer.Deserialize<RunningServer>(await File.ReadAllTextAsync(path, cancel)) is { } server) return server;
            }
            catch (FileNotFoundException)
            {
                // Not announced yet: it is still starting.
            }
            await Task.Delay(100, cancel);
        }
        throw new CannotException($"Another Kendt has the workspace '{folder}' open but does not answer. Stop it and try again.");
    }

    public void Dispose()
    {
        File.Delete(_address);
        _lock.Dispose();
    }

    private static bool Writable(string path)
    {
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
