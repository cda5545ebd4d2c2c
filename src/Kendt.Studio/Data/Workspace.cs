namespace Kendt.Studio.Data;

/// <summary>What the frame around every page shows of the workspace.</summary>
public interface IWorkspaceReader
{
    /// <summary>The workspace that this server serves.</summary>
    Task<WorkspaceView> ReadAsync(CancellationToken cancel);
}

/// <summary>A workspace: one company's data and configuration.</summary>
/// <param name="Version">Version of Kendt, shown at the foot of the menu.</param>
public sealed record WorkspaceView(string Name, string Version);
