console.log('no page yet')
