import { createApp } from 'vue'
import App from './App.vue'
import './wall.css'
import { language, speak } from './texts/texts'

speak(language.value)
createApp(App).mount('#app')
