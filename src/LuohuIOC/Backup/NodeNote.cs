using System.Text.Json;
using LuohuIOC.Http;
using LuohuIOC.Storage;

namespace LuohuIOC.Backup;

/// <summary>What a host leaves in <c>host.json</c> for the commands that work on its data directory.</summary>
/// <param name="Address">Where it answers on this machine; null when its port is not known beforehand.</param>
/// <param name="Elsewhere">Stores that hold a part of the city and are not in the directory.</param>
internal sealed record NodeNote(string? Address, IReadOnlyList<string> Elsewhere)
{
    public static NodeNote Of(IConfiguration configuration)
    {
        var http = configuration.GetSection(HttpOptions.Section).Get<HttpOptions>() ?? new HttpOptions();
        var host = http.Tls.Only || http.Bind is "*" or "localhost" or "0.0.0.0" or "::" ? "127.0.0.1" : http.Bind.Contains(':') ? $"[{http.Bind}]" : http.Bind;
        var elsewhere = new List<string>();
        if (configuration["Cluster:PostgreSql"] is { Length: > 0 }) elsewhere.Add("postgresql");
        if (configuration["History:Store"] == "Influx") elsewhere.Add("influxdb");
        return new NodeNote(http.Port > 0 ? $"http://{host}:{http.Port}" : null, elsewhere);
    }

    /// <summary>The note of the host that works in the directory, or worked in it last; an empty one when there is none.</summary>
    public static NodeNote Read(string dataDirectory)
    {
        try
        {
            return DataFolder.ReadNote(dataDirectory) is { Length: > 0 } note && JsonSerializer.Deserialize<NodeNote>(note, JsonSerializerOptions.Web) is { Elsewhere: not null } read ? read : new NodeNote(null, []);
        }
        catch (JsonException e)
        {
            throw new IOException($"{Path.Combine(dataDirectory, DataFolder.NoteFile)}: not what a host writes ({e.Message}). Delete it; the next start writes it anew.", e);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);
}
