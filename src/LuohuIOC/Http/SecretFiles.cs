using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace LuohuIOC.Http;

/// <summary>
/// Secrets as files, one a key, for example <c>/run/secrets/History__Influx__Token</c> (__ for :), so that none need stand in an environment or
/// on a command line, where other programs read them. The folder is the key <c>SecretsDirectory</c>; what is set in any other way goes before.
/// </summary>
public static class SecretFiles
{
    public const string Folder = "SecretsDirectory";

    /// <summary>Call first: what is added reads the configuration.</summary>
    /// <exception cref="IOException">The folder is named and not there.</exception>
    public static WebApplicationBuilder AddSecretFiles(this WebApplicationBuilder builder)
    {
        Add(builder.Configuration.Sources, builder.Configuration[Folder]);
        return builder;
    }

    /// <summary>For commands, which have no host: call last.</summary>
    /// <exception cref="IOException">The folder is named and not there.</exception>
    public static IConfigurationBuilder AddSecretFiles(this IConfigurationBuilder builder)
    {
        Add(builder.Sources, builder.Build()[Folder]);
        return builder;
    }

    private static void Add(IList<IConfigurationSource> sources, string? named)
    {
        if (named is not { Length: > 0 }) return;
        var folder = Path.GetFullPath(named);
        if (!Directory.Exists(folder)) throw new IOException($"{Folder}: {folder} does not exist. Make it, or leave {Folder} out.");
        sources.Insert(0, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(folder), Optional = false });
    }
}
