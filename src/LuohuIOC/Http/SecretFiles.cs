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
        if (builder.Configuration[Folder] is not { Length: > 0 } named) return builder;
        var folder = Path.GetFullPath(named);
        if (!Directory.Exists(folder)) throw new IOException($"{Folder}: {folder} does not exist. Make it, or leave {Folder} out.");
        builder.Configuration.Sources.Insert(0, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(folder), Optional = false });
        return builder;
    }
}
