namespace LuohuIOC.Identity;

/// <summary>Where a host alone keeps its tokens and secrets.</summary>
public static class IdentityFile
{
    public const string Name = "identity.db";

    /// <summary>The configured <c>DataDirectory</c> as a full path; <c>./data</c> when nothing is set.</summary>
    public static string DataDirectoryOf(IConfiguration configuration) => Path.GetFullPath(configuration["DataDirectory"] is { Length: > 0 } set ? set : "./data");
}
