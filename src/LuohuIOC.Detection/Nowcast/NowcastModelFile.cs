using System.Text.Json.Serialization;

namespace LuohuIOC.Detection.Nowcast;

/// <summary>The stored form of a <see cref="NowcastModel"/>: <c>{"format":2,"model":{…}}</c>, members in camel case, packed to a third with gzip.</summary>
public static class NowcastModelFile
{
    public static readonly ModelFile<NowcastModel> Form =
        new("Nowcast model", format: 2, oldest: 2, packed: true, NowcastModelJson.Default.ModelEnvelopeNowcastModel, m => m.Checked());

    public static byte[] Write(NowcastModel model) => Form.Write(model);

    /// <summary>Reads and checks, packed or not; throws <see cref="InvalidDataException"/> that says what is wrong with the file.</summary>
    public static NowcastModel Read(ReadOnlySpan<byte> file) => Form.Read(file);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ModelEnvelope<NowcastModel>))]
internal sealed partial class NowcastModelJson : JsonSerializerContext;
