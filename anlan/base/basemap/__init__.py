"""The map (地图): its layers, their vector tiles, and the features of the offline base map."""
